-- A selected occurrence has its program: once.
UPDATE occurrences
SET state = 'published', edition = $2, reason = $3, ended_at = $4, released_at = COALESCE(released_at, $4)
WHERE id = $1 AND state = 'selected'
