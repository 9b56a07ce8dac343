-- A call of a provider that was booked and never settled, nor given up as lost. $1 at most so many, $2 leases that
-- ended before.
SELECT id AS subject, operation || ' of ' || provider || ' by ' || owner || '; its lease ended at {at}' AS detail,
    lease_until AS at
FROM ledger
WHERE state = 'reserved' AND lease_until < $2
ORDER BY id
LIMIT $1
