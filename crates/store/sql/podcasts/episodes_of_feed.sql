-- A feed's programs as its podcast shows them, the newest first. $1 feed, $2 now, $3 at most.
SELECT id, title, language, edition, reason, duration_ms, bytes, document, parts, visible_at
FROM programs
WHERE feed_id = $1 AND visible_at <= $2 AND expires_at > $2
ORDER BY visible_at DESC, id DESC
LIMIT $3
