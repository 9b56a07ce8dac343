-- Jobs that are not done, the latest first; of a kind ($1) and a state ($2), of any where NULL. $3 how many.
SELECT id, kind, state, waiting, lane, demand, start_by, due_at, ready_at, fence, tries, key, crowd, hold, owner,
    leased_at, lease_until, ended_at, class, message, fingerprint, gave_up, discarded_at, work
FROM jobs
WHERE (CAST($1 AS TEXT) IS NULL OR kind = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR state = CAST($2 AS TEXT))
ORDER BY id DESC
LIMIT $3
