-- A call that is not settled yet.
SELECT operation, lane, reserved_at, estimated_requests, estimated_units, estimated_micro_usd
FROM ledger
WHERE id = $1 AND provider = $2 AND state = 'reserved'
