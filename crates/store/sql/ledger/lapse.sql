-- What was not settled by the end of its lease counts as spent.
UPDATE ledger
SET state = 'lapsed', units = estimated_units, cost_micro_usd = estimated_micro_usd, ended_at = $2
WHERE provider = $1 AND state = 'reserved' AND lease_until <= $2
