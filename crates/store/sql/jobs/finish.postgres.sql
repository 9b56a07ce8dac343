-- Jobs that are done leave the table, and the end of their lease is kept; fenced. Twins:
-- finish.record.sqlite.sql and finish.sqlite.sql. Here one statement does both and columns come as arrays.
WITH ended AS (
    SELECT * FROM unnest($1::bigint[], $2::integer[], $3::text[], $4::bigint[], $5::text[], $6::bigint[],
        $7::bigint[]) AS ended (id, fence, outcome, at, message, units, cost_micro_usd)
), gone AS (
    DELETE FROM jobs
    USING ended
    WHERE jobs.id = ended.id AND jobs.fence = ended.fence AND jobs.state = 'leased'
    RETURNING jobs.id, jobs.fence, jobs.kind, jobs.lane, jobs.leased_at, jobs.owner, jobs.key,
        ended.outcome, ended.at, ended.message, ended.units, ended.cost_micro_usd
)
INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner, key, message, units,
    cost_micro_usd)
SELECT id, fence, kind, lane, outcome, leased_at, at, owner, key, message, units, cost_micro_usd
FROM gone
