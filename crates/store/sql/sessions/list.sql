-- A listener's sessions, the latest used first.
SELECT id, created_at, seen_at, method, address, agent
FROM sessions
WHERE listener_id = $1 AND created_at > $2 AND seen_at > $3
ORDER BY seen_at DESC, id
