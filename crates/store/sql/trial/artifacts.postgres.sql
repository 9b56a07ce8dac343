-- Artifacts that were made before. Twin: artifacts.sqlite.sql.
INSERT INTO artifacts (key, kind, state, media_key, bytes, frames, meta, made_at)
SELECT value ->> 0, value ->> 1, 'ready', value ->> 2, (value ->> 3)::bigint, (value ->> 4)::bigint, value ->> 5, $2
FROM jsonb_array_elements($1::jsonb) AS new (value)
