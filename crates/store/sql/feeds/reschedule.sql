-- Another schedule, and the slot that is next under it.
UPDATE feeds
SET schedule = $2, next_date = $3, next_ready_by = $4
WHERE id = $1 AND deleted_at IS NULL
