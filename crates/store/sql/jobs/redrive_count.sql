-- How many dead letters a redrive would take. $1..$6 the filter.
SELECT COUNT(*) AS total
FROM jobs
WHERE state = 'dead'
    AND (CAST($1 AS BIGINT) IS NULL OR jobs.id = CAST($1 AS BIGINT))
    AND (CAST($2 AS TEXT) IS NULL OR fingerprint = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR kind = CAST($3 AS TEXT))
    AND (CAST($4 AS TEXT) IS NULL OR class = CAST($4 AS TEXT))
    AND (CAST($5 AS BIGINT) IS NULL OR ended_at >= CAST($5 AS BIGINT))
    AND (CAST($6 AS BIGINT) IS NULL OR ended_at < CAST($6 AS BIGINT))
    AND discarded_at IS NULL
    -- A key is one unfinished job's only: of dead letters with one key the latest may live again, and
    -- none while another job has it.
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS living
        WHERE living.key = jobs.key AND living.key IS NOT NULL
            AND living.state IN ('held', 'available', 'leased')))
    AND (key IS NULL OR NOT EXISTS (
        SELECT 1 FROM jobs AS later
        WHERE later.key = jobs.key AND later.key IS NOT NULL AND later.state = 'dead' AND later.id > jobs.id
            AND later.discarded_at IS NULL))
