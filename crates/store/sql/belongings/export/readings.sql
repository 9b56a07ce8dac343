-- A listener's reading dictionary.
SELECT language, surface, reading, created_at FROM readings WHERE listener_id = $1 ORDER BY created_at, id
