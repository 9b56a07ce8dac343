-- Failures that nobody has tried again.
DELETE FROM artifacts
WHERE key IN (SELECT key FROM artifacts WHERE state = 'failed' AND retry_after < $1 ORDER BY retry_after LIMIT $2)
    AND state = 'failed' AND retry_after < $1
