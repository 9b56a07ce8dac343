-- What is left to do for a batch is due later, as the batch is: its artifacts, its occurrences made elsewhere, and its own
-- jobs, wherever they name it. For the end of an outage: it reads all jobs. $1 batch, $2 due.
UPDATE jobs
SET due_at = $2, start_by = start_by + ($2 - due_at)
WHERE state IN ('held', 'available', 'leased') AND due_at < $2
    AND (key IN (SELECT 'narrate:' || demand.key FROM demand WHERE demand.batch_id = $1 AND demand.settled_at IS NULL)
        OR key IN (SELECT 'external:' || occurrences.id FROM occurrences
            WHERE occurrences.batch_id = $1 AND occurrences.state IN ('open', 'selected'))
        OR work LIKE '%"batch":"' || $1 || '"%')
