-- Record what was made; fenced by the token.
UPDATE artifacts
SET state = 'ready', token = NULL, lease_until = NULL,
    media_key = $3, bytes = $4, frames = $5, meta = $6, made_at = $7
WHERE key = $1 AND state = 'making' AND token = $2
