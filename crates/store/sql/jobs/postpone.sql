-- What is left to do for a batch is due later, as the batch is: its artifacts, its occurrences made elsewhere, and its own
-- jobs, whose work names it. $1 batch, $2 due.
UPDATE jobs
SET due_at = $2, start_by = start_by + ($2 - due_at)
WHERE state IN ('held', 'available', 'leased') AND due_at < $2
    AND id IN (
        SELECT making.id FROM demand
            JOIN jobs AS making ON making.key = 'narrate:' || demand.key AND making.state IN ('held', 'available', 'leased')
            WHERE demand.batch_id = $1 AND demand.settled_at IS NULL
        UNION ALL
        SELECT outside.id FROM occurrences
            JOIN jobs AS outside
                ON outside.key = 'external:' || occurrences.id AND outside.state IN ('held', 'available', 'leased')
            WHERE occurrences.batch_id = $1 AND occurrences.state IN ('open', 'selected')
        UNION ALL
        SELECT own.id FROM jobs AS own
            WHERE own.kind IN ('select', 'sweep', 'assemble', 'notify') AND own.state IN ('held', 'available', 'leased')
                AND own.work LIKE '%"batch":"' || $1 || '"%')
