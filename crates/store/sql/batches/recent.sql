-- The latest batches, open or closed.
SELECT id, ready_by, request, due_at, opened_at, predicted_ms, planned_at, counted_at, closed_at
FROM batches
ORDER BY ready_by DESC
LIMIT $1
