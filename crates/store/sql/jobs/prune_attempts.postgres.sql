-- Forget old attempts, some at a time. Twin: prune_attempts.sqlite.sql. Here rows go by their place.
DELETE FROM attempts
WHERE ctid = ANY (ARRAY(SELECT ctid FROM attempts WHERE ended_at < $1 LIMIT $2))
