-- A batch that has work again is open until a later instant, if it was not until then anyway. $1 batch, $2 due.
UPDATE batches
SET closed_at = NULL, due_at = CASE WHEN due_at < $2 THEN $2 ELSE due_at END
WHERE id = $1
    AND EXISTS (SELECT 1 FROM occurrences WHERE batch_id = batches.id AND state IN ('open', 'selected'))
