-- The token of a hash, if it is good now and its listener may come in. $1 hash, $2 now.
SELECT api_tokens.id, api_tokens.listener_id, api_tokens.scope
FROM api_tokens
JOIN listeners ON listeners.id = api_tokens.listener_id
WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2) AND listeners.disabled_at IS NULL
