-- Take the making of an artifact: nobody has it yet, its maker's lease ran out, or it failed and may
-- be tried again. No row comes back when it is somebody else's or already made.
INSERT INTO artifacts (key, kind, state, token, lease_until)
VALUES ($1, $2, 'making', $3, $4)
ON CONFLICT (key) DO UPDATE
SET state = 'making', token = excluded.token, lease_until = excluded.lease_until,
    media_key = NULL, bytes = NULL, frames = NULL, meta = NULL, made_at = NULL,
    error = NULL, retry_after = NULL
WHERE (artifacts.state = 'making' AND artifacts.lease_until <= $5)
   OR (artifacts.state = 'failed' AND artifacts.retry_after <= $5)
RETURNING token
