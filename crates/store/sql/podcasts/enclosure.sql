-- What it takes to send a program's sound.
SELECT id, listener_id, feed_id, manifest, visible_at, expires_at
FROM programs
WHERE id = $1
