-- An unfinished job is taken back.
UPDATE jobs
SET state = 'cancelled', ended_at = $2, waiting = 0, hold = NULL, owner = NULL, leased_at = NULL,
    lease_until = NULL
WHERE id = $1 AND state IN ('held', 'available', 'leased')
