-- A batch's ready-by has come, and what it has come to is counted: once.
UPDATE batches SET counted_at = $2 WHERE id = $1 AND counted_at IS NULL
