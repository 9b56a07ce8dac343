-- A new token.
INSERT INTO api_tokens (id, listener_id, scope, hash, created_at, expires_at)
VALUES ($1, $2, $3, $4, $5, $6)
