-- A listener wants another address; whatever they wanted before is forgotten. $1 listener, $2 address, $3 its key, $4 now,
-- $5 until when.
INSERT INTO address_changes (listener_id, email, email_key, asked_at, expires_at)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (listener_id) DO UPDATE
SET email = excluded.email, email_key = excluded.email_key, asked_at = excluded.asked_at,
    expires_at = excluded.expires_at
