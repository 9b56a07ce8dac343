-- Missed and failed occurrences are open once more, in another batch and lane. Twin: backfill.sqlite.sql. Here JSON
-- has another name. $1 ids as JSON, $2 batch, $3 lane.
UPDATE occurrences
SET state = 'open', batch_id = $2, lane = $3, reason = NULL, ended_at = NULL, selection = NULL, released_at = NULL
WHERE id IN (SELECT jsonb_array_elements_text($1::jsonb)) AND state IN ('missed', 'failed')
