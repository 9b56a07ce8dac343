-- A new listener; no row comes back when the address is somebody's already.
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (email) DO NOTHING
RETURNING id
