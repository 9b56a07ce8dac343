-- A listener's channels, without what lets others write there.
SELECT id, about, kind, label, place, settings, created_at, off_at, off_why
FROM channels WHERE listener_id = $1 ORDER BY id
