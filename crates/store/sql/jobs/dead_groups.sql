-- Dead letters by what they died of, the largest group first. $1..$6 the filter.
SELECT fingerprint, kind, class, MAX(message) AS message, COUNT(*) AS total, MIN(ended_at) AS first_at,
    MAX(ended_at) AS last_at
FROM jobs
WHERE state = 'dead'
    AND (CAST($1 AS BIGINT) IS NULL OR jobs.id = CAST($1 AS BIGINT))
    AND (CAST($2 AS TEXT) IS NULL OR fingerprint = CAST($2 AS TEXT))
    AND (CAST($3 AS TEXT) IS NULL OR kind = CAST($3 AS TEXT))
    AND (CAST($4 AS TEXT) IS NULL OR class = CAST($4 AS TEXT))
    AND (CAST($5 AS BIGINT) IS NULL OR ended_at >= CAST($5 AS BIGINT))
    AND (CAST($6 AS BIGINT) IS NULL OR ended_at < CAST($6 AS BIGINT))
    AND discarded_at IS NULL
GROUP BY fingerprint, kind, class
ORDER BY total DESC, fingerprint
