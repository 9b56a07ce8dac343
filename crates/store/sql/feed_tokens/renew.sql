-- Another token for the same podcast and device as a good one. $1 id, $2 new id, $3 now.
INSERT INTO feed_tokens (id, listener_id, feed_id, label, created_at, expires_at)
SELECT $2, listener_id, feed_id, label, CAST($3 AS BIGINT), expires_at
FROM feed_tokens
WHERE id = $1 AND revoked_at IS NULL
