-- A page of jobs that run, the latest first: those before one ($2); of a kind ($1), of any where NULL. They are few:
-- with the sign they are found as such by their index, not among all jobs by their order. $3 how many.
SELECT id, kind, state, waiting, lane, demand, start_by, due_at, ready_at, fence, tries, key, crowd, hold, owner,
    leased_at, lease_until, ended_at, class, message, fingerprint, gave_up, discarded_at, work
FROM jobs
WHERE state = 'leased' AND +id < $2 AND (CAST($1 AS TEXT) IS NULL OR kind = CAST($1 AS TEXT))
ORDER BY +id DESC
LIMIT $3
