-- The latest programs of everybody, for an operator's eye.
SELECT id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms, bytes, document,
    manifest, parts, visible_at, expires_at
FROM programs
ORDER BY id DESC
LIMIT $1
