-- What of a batch is still to be released is called off. $1 batch, $2 why, $3 now.
UPDATE occurrences
SET state = 'cancelled', reason = $2, ended_at = $3
WHERE batch_id = $1 AND state IN ('open', 'selected') AND released_at IS NULL
