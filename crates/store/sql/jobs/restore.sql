-- Discarded dead letters that somebody wants back after all. $1..$6 the filter.
UPDATE jobs
SET discarded_at = NULL
WHERE state = 'dead'
    AND (CAST($1 AS BIGINT) IS NULL OR jobs.id = CAST($1 AS BIGINT))
    AND (CAST($2 AS TEXT) IS NULL OR fingerprint = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR kind = CAST($3 AS TEXT))
    AND (CAST($4 AS TEXT) IS NULL OR class = CAST($4 AS TEXT))
    AND (CAST($5 AS BIGINT) IS NULL OR ended_at >= CAST($5 AS BIGINT))
    AND (CAST($6 AS BIGINT) IS NULL OR ended_at < CAST($6 AS BIGINT))
    AND discarded_at IS NOT NULL
