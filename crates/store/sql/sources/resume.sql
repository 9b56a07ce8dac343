-- Somebody says that a source is there again: it is read at once.
UPDATE sources SET state = 'active', failures = 0, error = NULL, next_fetch_at = $2 WHERE id = $1
