-- Occurrences without a program that somebody calls off. Twin: call_off.postgres.sql. $1 ids as JSON, $2 why, $3 now.
UPDATE occurrences
SET state = 'cancelled', reason = $2, ended_at = $3
WHERE id IN (SELECT value FROM json_each($1)) AND state IN ('open', 'selected', 'failed')
