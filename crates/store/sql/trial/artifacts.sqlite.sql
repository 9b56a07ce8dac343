-- Artifacts that were made before. Twin: artifacts.postgres.sql. $1 as JSON: [[key, kind, media key, bytes, frames,
-- meta], …], $2 when.
INSERT INTO artifacts (key, kind, state, media_key, bytes, frames, meta, made_at)
SELECT value ->> 0, value ->> 1, 'ready', value ->> 2, value ->> 3, value ->> 4, value ->> 5, $2
FROM json_each($1)
