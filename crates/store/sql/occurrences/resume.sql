-- Failed occurrences go on with the articles that were chosen for them. $1 batch, $2 to $3 ids.
UPDATE occurrences
SET state = 'selected', reason = NULL, ended_at = NULL
WHERE batch_id = $1 AND id BETWEEN $2 AND $3 AND state = 'failed' AND selection IS NOT NULL
