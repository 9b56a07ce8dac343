-- The first token of a feed, unless it has or had one: what was revoked does not come back by itself. $1 id, $2
-- feed, $3 now.
INSERT INTO feed_tokens (id, listener_id, feed_id, created_at)
SELECT $1, listener_id, id, CAST($3 AS BIGINT)
FROM feeds
WHERE id = $2 AND deleted_at IS NULL AND NOT EXISTS (SELECT 1 FROM feed_tokens WHERE feed_id = $2)
