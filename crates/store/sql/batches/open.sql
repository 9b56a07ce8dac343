-- The batch of a ready-by minute, made by the first who needs it; whoever joins later opens it again, and has time of their
-- own when all of it is over.
INSERT INTO batches (id, ready_by, due_at, opened_at, predicted_ms)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (ready_by) WHERE request IS NULL DO UPDATE
SET planned_at = NULL, closed_at = NULL,
    due_at = CASE
        WHEN batches.due_at < excluded.due_at
            AND (batches.closed_at IS NOT NULL OR batches.due_at < excluded.opened_at)
        THEN excluded.due_at ELSE batches.due_at END
RETURNING id
