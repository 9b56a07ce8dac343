-- A source whose row cannot be read is not met again before $2, and says why.
UPDATE sources SET next_fetch_at = $2, error = $3 WHERE id = $1
