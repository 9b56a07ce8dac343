-- An artifact that failed, or whose maker is gone, may be tried at once. $1 key, $2 kind, $3 why, $4 now.
INSERT INTO artifacts (key, kind, state, error, retry_after)
VALUES ($1, $2, 'failed', $3, $4)
ON CONFLICT (key) DO UPDATE
SET state = 'failed', token = NULL, lease_until = NULL, error = COALESCE(artifacts.error, excluded.error),
    retry_after = excluded.retry_after
WHERE artifacts.state = 'failed' OR (artifacts.state = 'making' AND artifacts.lease_until <= $4)
