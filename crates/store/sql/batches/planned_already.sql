-- Batches whose planner stopped after its last feeds, or whose last feeds went elsewhere: nobody is left to join
-- them, so their last chunk is in.
UPDATE batches
SET planned_at = $1
WHERE closed_at IS NULL AND planned_at IS NULL AND request IS NULL
    AND NOT EXISTS (SELECT 1 FROM feeds WHERE next_ready_by = batches.ready_by)
