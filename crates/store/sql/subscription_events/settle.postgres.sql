-- Something was made of these messages, and what they said is kept elsewhere. Twin: settle.sqlite.sql. Here JSON has
-- another name. $1 ids as JSON, $2 now.
UPDATE subscription_events
SET settled_at = $2, body = NULL, look_at = NULL
WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND settled_at IS NULL
