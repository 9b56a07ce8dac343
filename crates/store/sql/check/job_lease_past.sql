-- A job whose worker is gone, and that nobody took back. $1 at most so many, $2 leases that ended before.
SELECT CAST(id AS TEXT) AS subject,
    kind || ' leased by ' || owner || '; the lease ended at {at}, and no worker took it back' AS detail,
    lease_until AS at
FROM jobs
WHERE state = 'leased' AND lease_until < $2
ORDER BY id
LIMIT $1
