-- The end of a running job's lease by cancelling; cancel.sql follows in the same transaction.
INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner, key)
SELECT id, fence, kind, lane, 'cancelled', leased_at, $2, owner, key
FROM jobs
WHERE id = $1 AND state = 'leased'
