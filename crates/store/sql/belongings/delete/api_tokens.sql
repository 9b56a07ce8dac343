-- A listener's tokens.
DELETE FROM api_tokens WHERE listener_id = $1
