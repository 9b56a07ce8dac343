-- The last planner chunk of these batches is in: no feed is left to join them. Feeds that a planner has in hand and
-- has not committed still count.
UPDATE batches
SET planned_at = $1
WHERE closed_at IS NULL AND planned_at IS NULL
    AND NOT EXISTS (SELECT 1 FROM feeds WHERE next_ready_by = batches.ready_by)
