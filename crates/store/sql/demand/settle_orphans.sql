-- What a batch waits for in vain: the job that was to make it is gone.
UPDATE demand
SET settled_at = $2
WHERE batch_id = $1 AND settled_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM jobs
        WHERE jobs.key = 'narrate:' || demand.key AND jobs.key IS NOT NULL
            AND jobs.state IN ('held', 'available', 'leased'))
