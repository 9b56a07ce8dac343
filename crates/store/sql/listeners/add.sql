-- A new listener; no row comes back when the address is somebody's already, however it is typed.
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at, email_key)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
ON CONFLICT DO NOTHING
RETURNING id
