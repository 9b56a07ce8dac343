-- A node's calls go on. One whose lease is over stays over: its place may be taken.
UPDATE ledger SET lease_until = $3
WHERE provider = $1 AND owner = $2 AND state = 'reserved' AND lease_until > $4
