-- The oldest token of a feed that is good now. $1 feed, $2 now.
SELECT id
FROM feed_tokens
WHERE feed_id = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
ORDER BY id
LIMIT 1
