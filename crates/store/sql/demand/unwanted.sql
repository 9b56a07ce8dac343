-- Jobs that would make what a batch waited for, and nobody waits for any more.
SELECT jobs.id
FROM demand
JOIN jobs ON jobs.key = 'narrate:' || demand.key AND jobs.state IN ('held', 'available', 'leased')
WHERE demand.batch_id = $1
    AND NOT EXISTS (SELECT 1 FROM demand AS other WHERE other.key = demand.key AND other.settled_at IS NULL)
ORDER BY jobs.id
