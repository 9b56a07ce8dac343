-- How a call ended, and what it counts as.
UPDATE ledger
SET state = 'settled', outcome = $2, units = $3, cost_micro_usd = $4, ended_at = $5
WHERE id = $1 AND state = 'reserved'
