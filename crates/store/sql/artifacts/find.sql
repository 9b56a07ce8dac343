-- One artifact as it stands.
SELECT key, state, lease_until, media_key, bytes, frames, meta, error, retry_after
FROM artifacts
WHERE key = $1
