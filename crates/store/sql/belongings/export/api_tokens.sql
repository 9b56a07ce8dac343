-- A listener's tokens, without what they are.
SELECT id, scope, created_at, expires_at, last_used_at, revoked_at FROM api_tokens WHERE listener_id = $1 ORDER BY id
