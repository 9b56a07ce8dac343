-- Every occurrence of the batch has its outcome, and it was counted: once. A batch that is still being
-- planned, or has work left, is not closed.
UPDATE batches
SET closed_at = $2
WHERE id = $1 AND closed_at IS NULL AND planned_at IS NOT NULL
    AND NOT EXISTS (
        SELECT 1 FROM occurrences WHERE batch_id = batches.id AND state IN ('open', 'selected'))
