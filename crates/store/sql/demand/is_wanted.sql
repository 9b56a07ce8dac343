-- Whether an artifact is to be made: a batch waits for it, or its making was begun, has not succeeded and may go on by
-- now, as after a redrive. $1 key, $2 now.
SELECT 1 AS wanted FROM demand WHERE key = $1 AND settled_at IS NULL
UNION ALL
SELECT 1 AS wanted FROM artifacts
WHERE key = $1 AND ((state = 'failed' AND retry_after <= $2) OR (state = 'making' AND lease_until <= $2))
LIMIT 1
