-- The job of a key that waits for its time, and need not any longer.
UPDATE jobs
SET waiting = 0, ready_at = $2
WHERE key = $1 AND key IS NOT NULL AND state IN ('held', 'available', 'leased') AND waiting = 1
