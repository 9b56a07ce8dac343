-- A listener's programs, those that are over among them.
SELECT id, feed_id, occurrence_id, title, language, edition, reason, duration_ms, document, visible_at, expires_at
FROM programs
WHERE listener_id = $1
ORDER BY id
