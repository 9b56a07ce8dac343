-- A listener's channel to one place for one purpose.
SELECT id, listener_id, about, kind, label, place, target, settings, created_at, off_at, off_why
FROM channels
WHERE listener_id = $1 AND about = $2 AND fingerprint = $3
