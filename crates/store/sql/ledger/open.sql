-- A provider's calls under way, when the last of them was reserved, and how many leases are over. That a lease ends
-- after the epoch is always so; saying it names the index of the calls under way, where SQLite takes that of all.
SELECT COALESCE(SUM(CASE WHEN lease_until > $2 THEN 1 ELSE 0 END), 0) AS under_way,
    MAX(CASE WHEN lease_until > $2 THEN reserved_at END) AS youngest,
    COALESCE(SUM(CASE WHEN lease_until <= $2 THEN 1 ELSE 0 END), 0) AS over
FROM ledger
WHERE provider = $1 AND state = 'reserved' AND lease_until > 0
