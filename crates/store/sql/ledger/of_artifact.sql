-- The calls made for an artifact, the first one first.
SELECT id, provider, operation, lane, job, state, reserved_at, outcome, estimated_units, estimated_micro_usd,
    units, cost_micro_usd, ended_at
FROM ledger
WHERE artifact = $1
ORDER BY reserved_at, id
