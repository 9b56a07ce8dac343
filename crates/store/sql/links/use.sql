-- A link is used up, if it is good now. $1 hash, $2 purpose, $3 now.
UPDATE one_time_links SET used_at = $3
WHERE hash = $1 AND purpose = $2 AND used_at IS NULL AND expires_at > $3
RETURNING listener_id, email_key
