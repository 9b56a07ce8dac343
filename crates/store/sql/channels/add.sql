-- A new channel; no row comes back when the listener has one to the same place for the same.
INSERT INTO channels (id, listener_id, about, kind, label, place, target, fingerprint, settings, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
ON CONFLICT DO NOTHING
RETURNING id
