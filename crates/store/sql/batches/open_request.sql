-- The batch of a request: a program on demand, or a backfill. No row comes back when the request was made before. It
-- was promised by no morning, so nothing of it is counted as due.
INSERT INTO batches (id, ready_by, request, due_at, opened_at, predicted_ms, planned_at, counted_at)
VALUES ($1, $2, $3, $4, $5, $6, $5, $5)
ON CONFLICT (request) DO NOTHING
RETURNING id
