-- Failed occurrences whose articles were never chosen are open once more. $1 batch, $2 to $3 ids.
UPDATE occurrences
SET state = 'open', reason = NULL, ended_at = NULL, released_at = NULL
WHERE batch_id = $1 AND id BETWEEN $2 AND $3 AND state = 'failed' AND selection IS NULL
