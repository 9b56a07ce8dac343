-- Lease the most urgent jobs of a worker's kinds, shared among lanes by their turns. Twin:
-- claim.sqlite.sql. Here rows are locked and those of others skipped. $1..$4 offers (lane, pass, stride,
-- quota), $5 kinds, $6 free slots, $7 owner, $8 now, $9 lease until.
WITH placed AS MATERIALIZED (
    SELECT job.place_row, offer.lane, pass, stride, quota,
        row_number() OVER (PARTITION BY offer.lane ORDER BY job.start_by, job.demand DESC, job.id) AS place
    FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS offer (lane, pass, stride, quota)
    CROSS JOIN unnest($5::text[]) AS wanted (kind)
    CROSS JOIN LATERAL (
        SELECT ctid AS place_row, id, start_by, demand
        FROM jobs
        WHERE state = 'available' AND waiting = 0 AND jobs.lane = offer.lane AND jobs.kind = wanted.kind
        ORDER BY start_by, demand DESC, id
        LIMIT offer.quota
        FOR UPDATE SKIP LOCKED) AS job
)
UPDATE jobs
SET state = 'leased', fence = fence + 1, owner = $7, leased_at = $8, lease_until = $9
-- By place, so that no plan ever reads the whole table for it.
WHERE ctid = ANY (ARRAY(
    SELECT place_row
    FROM placed
    WHERE place <= quota
    ORDER BY pass + stride * place, lane
    LIMIT $6))
RETURNING id, fence, kind, lane, due_at, ready_at, tries, crashes, key, crowd, work, start_by, demand
