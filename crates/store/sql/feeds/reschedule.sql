-- Another schedule, the slot that is next under it, and the last date that keeps its occurrence.
UPDATE feeds
SET schedule = $2, next_date = $3, next_ready_by = $4, settled_date = $5, changed_at = $6
WHERE id = $1 AND deleted_at IS NULL
