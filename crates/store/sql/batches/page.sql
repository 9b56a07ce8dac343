-- The latest batches by their ready-by, a page at a time: those before another ($1, $2).
SELECT id, ready_by, request, due_at, opened_at, predicted_ms, planned_at, counted_at, closed_at
FROM batches
WHERE (ready_by, id) < ($1, $2)
ORDER BY ready_by DESC, id DESC
LIMIT $3
