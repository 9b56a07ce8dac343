-- What a batch waits for and no job is left to make, with how its last job ended if that died or was called off since the
-- batch was opened. $1 batch, $2 opened.
SELECT demand.key, demand.kind, demand.recipe, COALESCE(
    (SELECT dead.message FROM jobs AS dead
        WHERE dead.key = 'narrate:' || demand.key AND dead.key IS NOT NULL AND dead.state = 'dead' AND dead.ended_at >= $2
        ORDER BY dead.id DESC LIMIT 1),
    (SELECT 'its job was called off' FROM jobs AS cancelled
        WHERE cancelled.key = 'narrate:' || demand.key AND cancelled.state = 'cancelled' AND cancelled.ended_at >= $2
        LIMIT 1)) AS ended
FROM demand
WHERE demand.batch_id = $1 AND demand.settled_at IS NULL
    AND NOT EXISTS (
        SELECT 1 FROM jobs
        WHERE jobs.key = 'narrate:' || demand.key AND jobs.key IS NOT NULL
            AND jobs.state IN ('held', 'available', 'leased'))
ORDER BY demand.key
