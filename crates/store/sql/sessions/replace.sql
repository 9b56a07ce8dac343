-- Another cookie for a session, by whoever showed one and is first: $2 the hash shown, $3 the next, $4 when it was
-- last replaced, $5 now.
UPDATE sessions
SET hash = $3, previous_hash = $2, replaced_at = $5, confirmed_at = NULL, seen_at = $5
WHERE id = $1 AND (hash = $2 OR previous_hash = $2) AND replaced_at = $4
