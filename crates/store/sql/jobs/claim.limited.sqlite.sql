-- As claim, within the limits on what runs at the same time. Twin: claim.limited.postgres.sql. Here one writer at a time is lock enough, a LIMIT
-- cannot depend on the offer, and offers come as JSON: [[lane, pass, stride, quota], …]. $2 kinds as JSON,
-- $3 free slots, $4 owner, $5 now, $6 lease until.
WITH offer AS MATERIALIZED (
    SELECT value ->> 0 AS lane, value ->> 1 AS pass, value ->> 2 AS stride, value ->> 3 AS quota
    FROM json_each($1)
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
), wanted AS MATERIALIZED (
    SELECT offer.*, kind.value AS kind, kind_room.room AS kind_room
    FROM offer
    CROSS JOIN json_each($2) AS kind
    LEFT JOIN kind_room ON kind_room.kind = kind.value
    WHERE COALESCE(kind_room.room, 1) > 0
), placed AS (
    SELECT wanted.*, job.id, job.crowd,
        pass + stride * row_number() OVER (
            PARTITION BY wanted.lane ORDER BY job.start_by, job.demand DESC, job.id) AS turn
    FROM wanted
    CROSS JOIN jobs AS job ON job.id IN (
        SELECT id
        FROM jobs INDEXED BY jobs_ready
        WHERE state = 'available' AND waiting = 0 AND jobs.lane = wanted.lane AND jobs.kind = wanted.kind
            AND (crowd IS NULL OR crowd NOT IN (
                SELECT full_one.crowd FROM crowd_room AS full_one WHERE full_one.room <= 0))
        ORDER BY start_by, demand DESC, id
        LIMIT $3)
), limited AS (
    SELECT placed.*,
        row_number() OVER (PARTITION BY kind ORDER BY turn, lane) AS kind_place,
        CASE WHEN crowd IS NULL THEN 0
             ELSE row_number() OVER (PARTITION BY crowd ORDER BY turn, lane) END AS crowd_place
    FROM placed
    WHERE turn <= pass + stride * quota
), chosen AS (
    SELECT id
    FROM limited
    LEFT JOIN crowd_room ON crowd_room.crowd = limited.crowd
    LEFT JOIN job_limits AS own ON own.scope = 'group' AND own.name = limited.crowd
    LEFT JOIN job_limits AS every ON every.scope = 'group' AND every.name = ''
    WHERE kind_place <= COALESCE(kind_room, kind_place)
        AND crowd_place <= COALESCE(crowd_room.room, own.max_running, every.max_running, crowd_place)
    ORDER BY turn, limited.lane
    LIMIT $3
)
UPDATE jobs
SET state = 'leased', fence = fence + 1, owner = $4, leased_at = $5, lease_until = $6
WHERE id IN (SELECT id FROM chosen)
RETURNING id, fence, kind, lane, due_at, ready_at, tries, crashes, key, crowd, work, start_by, demand
