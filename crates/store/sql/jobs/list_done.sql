-- Jobs that are done, by their last attempts, the latest first; of a kind ($1), of any where NULL. $2 how many.
SELECT job, kind, lane, key, outcome, ended_at, message
FROM attempts
WHERE outcome IN ('done', 'skipped') AND (CAST($1 AS TEXT) IS NULL OR kind = CAST($1 AS TEXT))
ORDER BY ended_at DESC
LIMIT $2
