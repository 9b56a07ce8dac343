-- A batch that has nothing left to do waits for nothing any more. $1 batch, $2 now.
UPDATE demand
SET settled_at = $2
WHERE batch_id = $1 AND settled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM occurrences WHERE occurrences.batch_id = $1 AND state IN ('open', 'selected'))
