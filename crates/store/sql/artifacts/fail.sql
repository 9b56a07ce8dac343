-- Record why it could not be made, and when it may be tried again; fenced by the token.
UPDATE artifacts
SET state = 'failed', token = NULL, lease_until = NULL, error = $3, retry_after = $4
WHERE key = $1 AND state = 'making' AND token = $2
