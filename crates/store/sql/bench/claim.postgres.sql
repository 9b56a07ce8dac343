-- The bare claim that `bench dispatch` compares with: no lanes, no limits. Twin: claim.sqlite.sql.
UPDATE jobs
SET state = 'leased', fence = fence + 1, owner = $2, leased_at = $3, lease_until = $4
WHERE ctid = ANY (ARRAY(
    SELECT ctid
    FROM jobs
    WHERE state = 'available' AND waiting = 0 AND lane = 0 AND kind = 'bench'
    ORDER BY start_by, demand DESC, id
    LIMIT $1
    FOR UPDATE SKIP LOCKED))
RETURNING id, fence
