-- Something that is said to be in the making by somebody who is gone. $1 at most so many, $2 leases that ended
-- before.
SELECT key AS subject, kind || ' in the making; the lease ended at {at}, and nobody took it over' AS detail,
    lease_until AS at
FROM artifacts
WHERE state = 'making' AND lease_until < $2
ORDER BY key
LIMIT $1
