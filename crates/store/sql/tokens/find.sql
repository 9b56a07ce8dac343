-- The token of a hash, if it is good now. $1 hash, $2 now.
SELECT api_tokens.id, api_tokens.listener_id, api_tokens.scope
FROM api_tokens
WHERE hash = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
