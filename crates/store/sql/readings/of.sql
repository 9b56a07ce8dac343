-- A listener's reading dictionary, the latest entries first.
SELECT id, language, surface, reading FROM readings WHERE listener_id = $1 ORDER BY created_at DESC, id DESC
