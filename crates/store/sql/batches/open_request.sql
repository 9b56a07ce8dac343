-- The batch of one program made on demand; no row comes back when the request was made before.
INSERT INTO batches (id, ready_by, request, due_at, opened_at, predicted_ms, planned_at)
VALUES ($1, $2, $3, $4, $5, $6, $5)
ON CONFLICT (request) DO NOTHING
RETURNING id
