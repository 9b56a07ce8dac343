-- As claim, within the limits on what runs at the same time. Twin: claim.limited.sqlite.sql. Here rows are locked and those of others skipped.
-- $1..$4 offers (lane, pass, stride, quota), $5 kinds, $6 free slots, $7 owner, $8 now, $9 lease until.
WITH offer AS (
    SELECT * FROM unnest($1::smallint[], $2::bigint[], $3::bigint[], $4::bigint[])
        AS offer (lane, pass, stride, quota)
), kind_room AS MATERIALIZED (
    SELECT name AS kind, max_running - (
        SELECT COUNT(*) FROM jobs WHERE state = 'leased' AND jobs.kind = job_limits.name) AS room
    FROM job_limits
    WHERE scope = 'kind'
), crowd_room AS MATERIALIZED (
    SELECT running.crowd, COALESCE(own.max_running, every.max_running) - running.total AS room
    FROM (
        SELECT crowd, COUNT(*) AS total
        FROM jobs
        WHERE state = 'leased' AND crowd IS NOT NULL
            AND EXISTS (SELECT 1 FROM job_limits WHERE scope = 'group')
        GROUP BY crowd) AS running
    LEFT JOIN job_limits AS own ON own.scope = 'group' AND own.name = running.crowd
    LEFT JOIN job_limits AS every ON every.scope = 'group' AND every.name = ''
), candidate AS MATERIALIZED (
    SELECT offer.*, wanted.kind, job.place_row, job.id, job.crowd, job.start_by, job.demand,
        kind_room.room AS kind_room
    FROM offer
    CROSS JOIN unnest($5::text[]) AS wanted (kind)
    LEFT JOIN kind_room ON kind_room.kind = wanted.kind
    CROSS JOIN LATERAL (
        SELECT jobs.ctid AS place_row, id, crowd, start_by, demand
        FROM jobs
        WHERE state = 'available' AND waiting = 0 AND jobs.lane = offer.lane AND jobs.kind = wanted.kind
            AND (crowd IS NULL OR crowd NOT IN (
                SELECT full_one.crowd FROM crowd_room AS full_one WHERE full_one.room <= 0))
        ORDER BY start_by, demand DESC, id
        LIMIT GREATEST(LEAST(offer.quota, COALESCE(kind_room.room, offer.quota)), 0)
        FOR UPDATE SKIP LOCKED) AS job
), placed AS (
    SELECT *, pass + stride * row_number() OVER (PARTITION BY lane ORDER BY start_by, demand DESC, id) AS turn
    FROM candidate
), limited AS (
    SELECT placed.*,
        row_number() OVER (PARTITION BY kind ORDER BY turn, lane) AS kind_place,
        CASE WHEN crowd IS NULL THEN 0
             ELSE row_number() OVER (PARTITION BY crowd ORDER BY turn, lane) END AS crowd_place
    FROM placed
    WHERE turn <= pass + stride * quota
), chosen AS (
    SELECT place_row
    FROM limited
    LEFT JOIN crowd_room USING (crowd)
    LEFT JOIN job_limits AS own ON own.scope = 'group' AND own.name = limited.crowd
    LEFT JOIN job_limits AS every ON every.scope = 'group' AND every.name = ''
    WHERE kind_place <= COALESCE(kind_room, kind_place)
        AND crowd_place <= COALESCE(crowd_room.room, own.max_running, every.max_running, crowd_place)
    ORDER BY turn, lane
    LIMIT $6
)
UPDATE jobs
SET state = 'leased', fence = fence + 1, owner = $7, leased_at = $8, lease_until = $9
-- By place, so that no plan ever reads the whole table for it.
WHERE ctid = ANY (ARRAY(SELECT place_row FROM chosen))
RETURNING id, fence, kind, lane, due_at, ready_at, tries, crashes, key, crowd, work, start_by, demand
