-- Ready artifacts, whole. Twin: ready.sqlite.sql.
SELECT key, state, lease_until, media_key, bytes, frames, meta, error, retry_after
FROM artifacts
WHERE state = 'ready' AND key IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb))
