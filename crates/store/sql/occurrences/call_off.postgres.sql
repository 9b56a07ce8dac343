-- Occurrences without a program that somebody calls off. Twin: call_off.sqlite.sql. Here JSON has another name. $1 ids
-- as JSON, $2 why, $3 now.
UPDATE occurrences
SET state = 'cancelled', reason = $2, ended_at = $3
WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND state IN ('open', 'selected', 'failed')
