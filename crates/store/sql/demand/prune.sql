-- Forget what batches that were closed long ago waited for, some at a time.
DELETE FROM demand
WHERE batch_id IN (SELECT id FROM batches WHERE closed_at < $1 AND EXISTS (
    SELECT 1 FROM demand AS left_over WHERE left_over.batch_id = batches.id) LIMIT $2)
