-- A link that is good once.
INSERT INTO one_time_links (hash, purpose, listener_id, email_key, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
