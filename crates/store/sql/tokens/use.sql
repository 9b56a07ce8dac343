-- A token was used; written down at most once a minute. $1 id, $2 now.
UPDATE api_tokens
SET last_used_at = $2
WHERE id = $1 AND (last_used_at IS NULL OR last_used_at < $2 - 60000000)
