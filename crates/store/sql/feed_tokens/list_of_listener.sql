-- A listener's tokens, in the order they came.
SELECT id, listener_id, feed_id, label, created_at, expires_at, last_used_at, revoked_at
FROM feed_tokens
WHERE listener_id = $1
ORDER BY id
