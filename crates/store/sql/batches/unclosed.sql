-- Batches that are not closed yet, the most urgent first.
SELECT id, ready_by, request, due_at, opened_at, predicted_ms, planned_at, counted_at, closed_at
FROM batches
WHERE closed_at IS NULL
ORDER BY ready_by
LIMIT $1
