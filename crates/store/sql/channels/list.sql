-- A listener's channels, in the order they came.
SELECT id, listener_id, about, kind, label, place, target, settings, created_at, off_at, off_why
FROM channels
WHERE listener_id = $1
ORDER BY id
