-- The latest calls of a provider ($1) that ended since an instant ($2). $3 how many.
SELECT outcome, artifact, reserved_at, ended_at, cost_micro_usd
FROM ledger
WHERE provider = $1 AND ended_at >= $2
ORDER BY ended_at DESC
LIMIT $3
