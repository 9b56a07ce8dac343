-- One batch.
SELECT id, ready_by, request, due_at, opened_at, predicted_ms, planned_at, counted_at, closed_at
FROM batches
WHERE id = $1
