-- A session's present cookie has arrived. $1 id, $2 its hash, $3 now.
UPDATE sessions SET confirmed_at = $3, seen_at = $3 WHERE id = $1 AND hash = $2 AND confirmed_at IS NULL
