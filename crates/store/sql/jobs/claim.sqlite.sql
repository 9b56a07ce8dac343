-- Lease the most urgent jobs of a worker's kinds, shared among lanes by their turns. Twin:
-- claim.postgres.sql. Here one writer at a time is lock enough, a LIMIT cannot depend on the offer, and
-- offers come as JSON: [[lane, pass, stride, quota], …]. $2 kinds as JSON, $3 free slots, $4 owner, $5 now,
-- $6 lease until.
WITH wanted AS MATERIALIZED (
    SELECT offer.value ->> 0 AS lane, offer.value ->> 1 AS pass, offer.value ->> 2 AS stride,
        offer.value ->> 3 AS quota, kind.value AS kind
    FROM json_each($1) AS offer
    CROSS JOIN json_each($2) AS kind
), placed AS (
    SELECT job.id, wanted.lane, pass, stride, quota,
        row_number() OVER (
            PARTITION BY wanted.lane ORDER BY job.start_by, job.demand DESC, job.id) AS place
    FROM wanted
    CROSS JOIN jobs AS job ON job.id IN (
        SELECT id
        FROM jobs INDEXED BY jobs_ready
        WHERE state = 'available' AND waiting = 0 AND jobs.lane = wanted.lane AND jobs.kind = wanted.kind
        ORDER BY start_by, demand DESC, id
        LIMIT $3)
)
UPDATE jobs
SET state = 'leased', fence = fence + 1, owner = $4, leased_at = $5, lease_until = $6
WHERE id IN (
    SELECT id
    FROM placed
    WHERE place <= quota
    ORDER BY pass + stride * place, lane
    LIMIT $3)
RETURNING id, fence, kind, lane, due_at, ready_at, tries, crashes, key, crowd, work, start_by, demand
