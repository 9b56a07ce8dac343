-- Something was made of these messages, and what they said is kept elsewhere. Twin: settle.postgres.sql. $1 ids as
-- JSON, $2 now.
UPDATE subscription_events
SET settled_at = $2, body = NULL, look_at = NULL
WHERE id IN (SELECT value FROM json_each($1)) AND settled_at IS NULL
