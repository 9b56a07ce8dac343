-- One channel.
SELECT id, listener_id, about, kind, label, place, target, settings, created_at, off_at, off_why
FROM channels
WHERE id = $1
