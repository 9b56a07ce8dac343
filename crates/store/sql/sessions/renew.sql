-- Another cookie for a session whose listener has become somebody else to it: the one before is good no more.
UPDATE sessions SET hash = $2, previous_hash = NULL, replaced_at = $3, confirmed_at = $3, seen_at = $3 WHERE id = $1
