-- What a job would have worked on is called off: what is open, or what is selected and released. $1 batch, $2 to $3 ids,
-- $4 state, $5 why, $6 now.
UPDATE occurrences
SET state = 'cancelled', reason = $5, ended_at = $6
WHERE batch_id = $1 AND id BETWEEN $2 AND $3 AND state = $4 AND (state = 'open' OR released_at IS NOT NULL)
