-- Hold still the jobs that would make what a batch waits for: whoever joins one at this moment is done first, and is seen
-- by the statement after this one. SQLite has one writer and needs none.
SELECT jobs.id
FROM demand
JOIN jobs ON jobs.key = 'narrate:' || demand.key AND jobs.state IN ('held', 'available', 'leased')
WHERE demand.batch_id = $1 AND demand.settled_at IS NULL
ORDER BY jobs.id
FOR UPDATE OF jobs
