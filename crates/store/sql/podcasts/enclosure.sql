-- Whose a program's sound is, and when it may be heard.
SELECT id, listener_id, feed_id, visible_at, expires_at
FROM programs
WHERE id = $1
