-- Something that a closed batch still waits for, though no job is left to make it. $1 at most so many.
SELECT demand.batch_id || ' ' || demand.key AS subject,
    demand.kind || ' is waited for by a batch that was closed at {at}' AS detail,
    batches.closed_at AS at
FROM demand
JOIN batches ON batches.id = demand.batch_id
WHERE demand.settled_at IS NULL AND batches.closed_at IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM jobs
        WHERE jobs.key = 'narrate:' || demand.key AND jobs.key IS NOT NULL
            AND jobs.state IN ('held', 'available', 'leased'))
ORDER BY subject
LIMIT $1
