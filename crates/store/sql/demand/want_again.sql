-- Batches that are still open wait again for an artifact they gave up. $1 key, $2 due later than.
UPDATE demand
SET settled_at = NULL
WHERE key = $1 AND settled_at IS NOT NULL
    AND batch_id IN (SELECT id FROM batches WHERE closed_at IS NULL AND due_at > $2)
