-- A link that is good now. $1 hash, $2 purpose, $3 now.
SELECT listener_id, email_key FROM one_time_links
WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
