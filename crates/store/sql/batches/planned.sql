-- The last planner chunk of a batch is in.
UPDATE batches SET planned_at = $2 WHERE id = $1 AND planned_at IS NULL
