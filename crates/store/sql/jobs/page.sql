-- A page of jobs that are not done, the latest first: those before one ($3) and after another ($4), so that what is
-- rare is not looked for everywhere; of a kind ($1) and a state ($2), of any where NULL. $5 how many.
SELECT id, kind, state, waiting, lane, demand, start_by, due_at, ready_at, fence, tries, key, crowd, hold, owner,
    leased_at, lease_until, ended_at, class, message, fingerprint, gave_up, discarded_at, work
FROM jobs
WHERE id < $3 AND id > $4
    AND (CAST($1 AS TEXT) IS NULL OR kind = CAST($1 AS TEXT))
    AND (CAST($2 AS TEXT) IS NULL OR state = CAST($2 AS TEXT))
ORDER BY id DESC
LIMIT $5
