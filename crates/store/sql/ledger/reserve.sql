-- A call that may be made.
INSERT INTO ledger (id, provider, operation, lane, owner, artifact, job, state, reserved_at, lease_until,
    estimated_requests, estimated_units, estimated_micro_usd)
VALUES ($1, $2, $3, $4, $5, $6, $7, 'reserved', $8, $9, $10, $11, $12)
