-- Jobs that would make what a batch waits for, and no other does.
SELECT jobs.id
FROM demand
JOIN jobs ON jobs.key = 'narrate:' || demand.key AND jobs.state IN ('held', 'available', 'leased')
WHERE demand.batch_id = $1 AND demand.settled_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM demand AS other
        WHERE other.key = demand.key AND other.settled_at IS NULL AND other.batch_id <> demand.batch_id)
ORDER BY jobs.id
