-- A new passkey; no row comes back when it is somebody's already.
INSERT INTO passkeys (id, listener_id, credential, passkey, label, created_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
RETURNING id
