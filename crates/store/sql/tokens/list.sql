-- Tokens in the order they came, of one listener ($1) or of all.
SELECT id, listener_id, scope, created_at, expires_at, last_used_at, revoked_at
FROM api_tokens
WHERE CAST($1 AS TEXT) IS NULL OR listener_id = CAST($1 AS TEXT)
ORDER BY id
