-- A request that is nobody's any more. A backfill holds others, too.
DELETE FROM batches
WHERE id = $1 AND request IS NOT NULL AND NOT EXISTS (SELECT 1 FROM occurrences WHERE batch_id = batches.id)
