-- Leased jobs whose lease is over.
SELECT id, fence, kind, lane, owner, due_at, tries, crashes
FROM jobs
WHERE state = 'leased' AND kind > '' AND lease_until <= $1
LIMIT $2
