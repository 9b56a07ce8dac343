-- A feed that its listener wants no more. Its programs stay until they expire.
UPDATE feeds
SET deleted_at = $2, next_date = NULL, next_ready_by = NULL
WHERE id = $1 AND deleted_at IS NULL
