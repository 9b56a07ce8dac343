-- Every provider with its calls under way.
SELECT p.name, p.settings, p.live, p.killed, p.budgets,
    (SELECT COUNT(*) FROM ledger l
     WHERE l.provider = p.name AND l.state = 'reserved' AND l.lease_until > $1) AS under_way
FROM providers p
ORDER BY p.name
