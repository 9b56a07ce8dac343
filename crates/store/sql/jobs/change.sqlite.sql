-- Jobs whose present lease has just got its end in change.record: available again, or dead.
UPDATE jobs
SET state = ended.value ->> 'state',
    waiting = COALESCE(ended.value ->> 'ready_at' > ended.value ->> 'at', 0),
    ready_at = COALESCE(ended.value ->> 'ready_at', jobs.ready_at),
    tries = ended.value ->> 'tries', crashes = ended.value ->> 'crashes',
    owner = NULL, leased_at = NULL, lease_until = NULL,
    ended_at = CASE WHEN ended.value ->> 'state' = 'available' THEN NULL ELSE ended.value ->> 'at' END,
    class = CASE WHEN ended.value ->> 'state' = 'dead' THEN ended.value ->> 'class' END,
    message = CASE WHEN ended.value ->> 'state' = 'dead' THEN ended.value ->> 'message' END,
    fingerprint = ended.value ->> 'fingerprint', gave_up = ended.value ->> 'gave_up'
FROM json_each($1) AS ended
WHERE jobs.id = ended.value ->> 'id' AND jobs.state = 'leased'
    AND EXISTS (SELECT 1 FROM attempts WHERE attempts.job = jobs.id AND attempts.fence = jobs.fence)
