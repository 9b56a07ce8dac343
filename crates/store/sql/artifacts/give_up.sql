-- An artifact will not be made for some time; $4 is what was made in its place, if anything was.
INSERT INTO artifacts (key, kind, state, error, retry_after, instead)
VALUES ($1, $2, 'failed', $3, $5, $4)
ON CONFLICT (key) DO UPDATE
SET state = 'failed', token = NULL, lease_until = NULL, error = excluded.error,
    retry_after = excluded.retry_after, instead = excluded.instead
WHERE artifacts.state = 'failed' OR (artifacts.state = 'making' AND artifacts.lease_until <= $6)
