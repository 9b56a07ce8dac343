-- A feed's latest program, whole.
SELECT id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms, bytes, document,
    manifest, parts, visible_at, expires_at
FROM programs
WHERE feed_id = $1
ORDER BY visible_at DESC
LIMIT 1
