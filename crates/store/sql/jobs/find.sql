-- One job that is not done.
SELECT id, kind, state, waiting, lane, demand, start_by, due_at, ready_at, fence, tries, key, crowd, hold, owner,
    leased_at, lease_until, ended_at, class, message, fingerprint, gave_up, discarded_at, work
FROM jobs
WHERE id = $1
