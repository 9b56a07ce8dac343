-- How many dead letters of one cause ($1) a redrive would take.
SELECT COUNT(*) AS total
FROM jobs
WHERE state = 'dead' AND fingerprint = $1 AND discarded_at IS NULL
    -- As in redrive_count.sql: a key is one unfinished job's only.
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS living
        WHERE living.key = jobs.key AND living.key IS NOT NULL
            AND living.state IN ('held', 'available', 'leased')))
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS later
        WHERE later.key = jobs.key AND later.key IS NOT NULL AND later.state = 'dead' AND later.id > jobs.id
            AND later.discarded_at IS NULL))
