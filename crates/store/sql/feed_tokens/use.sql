-- A token was used; written down at most once an hour. $1 id, $2 now.
UPDATE feed_tokens
SET last_used_at = $2
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2 - 3600000000)
