-- Unfinished occurrences that end without a program. Twin: end.postgres.sql. $1 as JSON:
-- [[id, state, reason], …], $2 now.
UPDATE occurrences
SET state = ended.value ->> 1, reason = ended.value ->> 2, ended_at = $2
FROM json_each($1) AS ended
WHERE occurrences.id = ended.value ->> 0 AND occurrences.state IN ('open', 'selected')
