-- The programs of all feeds of a listener as one podcast shows them, the newest first. $1 listener, $2 now, $3 at
-- most.
SELECT id, title, language, edition, reason, duration_ms, bytes, document, parts, visible_at
FROM programs
WHERE listener_id = $1 AND visible_at <= $2 AND expires_at > $2
ORDER BY visible_at DESC, id DESC
LIMIT $3
