-- A batch that has nothing left to do waits for nothing any more: what was not made for it is not counted either. $1 batch.
DELETE FROM demand
WHERE batch_id = $1 AND settled_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM occurrences WHERE occurrences.batch_id = $1 AND state IN ('open', 'selected'))
