-- Jobs that are done, the latest first: of the last attempts ($2) those of a kind ($1), of any where NULL. $3 how many.
-- That an attempt ended after the epoch is always so; saying it names the index.
SELECT job, kind, lane, key, outcome, ended_at, message
FROM (
    SELECT job, kind, lane, key, outcome, ended_at, message
    FROM attempts
    WHERE ended_at > 0
    ORDER BY ended_at DESC
    LIMIT $2
) AS latest
WHERE outcome IN ('done', 'skipped') AND (CAST($1 AS TEXT) IS NULL OR kind = CAST($1 AS TEXT))
ORDER BY ended_at DESC
LIMIT $3
