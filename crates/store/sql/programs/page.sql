-- A listener's programs that can be heard now ($2), of one feed ($3) or of all, the latest first: those before another
-- ($4, $5).
SELECT id, occurrence_id, listener_id, feed_id, title, language, edition, reason, duration_ms, bytes, document,
    manifest, parts, visible_at, expires_at
FROM programs
WHERE listener_id = $1 AND visible_at <= $2 AND expires_at > $2
    AND (CAST($3 AS TEXT) IS NULL OR feed_id = CAST($3 AS TEXT))
    AND (visible_at, id) < ($4, $5)
ORDER BY visible_at DESC, id DESC
LIMIT $6
