-- Open occurrences for which there is nothing to tell. Twin: skip.postgres.sql. $1 as JSON: [[id, reason], …],
-- $2 now.
UPDATE occurrences
SET state = 'skipped', reason = skipped.value ->> 1, ended_at = $2
FROM json_each($1) AS skipped
WHERE occurrences.id = skipped.value ->> 0 AND occurrences.state = 'open'
