-- Browsers that a listener is signed in at, without what they carry.
SELECT id, created_at, seen_at, method, address, agent FROM sessions WHERE listener_id = $1 ORDER BY id
