-- A new listener; no row comes back when the address is somebody's already, however it is typed.
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at, email_key, observes)
VALUES ($1, $2, $3, CASE WHEN $4 = 'operator' THEN 'operator' ELSE 'listener' END, $5, $6, $7, $8, $9,
    CASE WHEN $4 = 'observer' THEN 1 ELSE 0 END)
ON CONFLICT DO NOTHING
RETURNING id
