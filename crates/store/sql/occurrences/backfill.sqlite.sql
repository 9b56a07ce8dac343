-- Missed and failed occurrences are open once more, in another batch and lane. Twin: backfill.postgres.sql. $1 ids
-- as JSON, $2 batch, $3 lane.
UPDATE occurrences
SET state = 'open', batch_id = $2, lane = $3, reason = NULL, ended_at = NULL, selection = NULL, released_at = NULL
WHERE id IN (SELECT value FROM json_each($1)) AND state IN ('missed', 'failed')
