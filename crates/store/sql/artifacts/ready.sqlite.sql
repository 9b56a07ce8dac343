-- Ready artifacts, whole. Twin: ready.postgres.sql. $1 keys as JSON.
SELECT key, state, lease_until, media_key, bytes, frames, meta, error, retry_after
FROM artifacts
WHERE state = 'ready' AND key IN (SELECT value FROM json_each($1))
