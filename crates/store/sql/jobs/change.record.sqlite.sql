-- The ends of leases that leave the job unfinished or dead; fenced, and by time only if the lease is still
-- over. change.sqlite.sql follows in the same transaction. Twin: change.postgres.sql.
INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner, key, class, message, units,
    cost_micro_usd)
SELECT jobs.id, fence, kind, lane, ended.value ->> 'outcome', leased_at, ended.value ->> 'at', owner, jobs.key,
    ended.value ->> 'class', ended.value ->> 'message', ended.value ->> 'units',
    ended.value ->> 'cost_micro_usd'
FROM json_each($1) AS ended
CROSS JOIN jobs ON jobs.id = ended.value ->> 'id' AND jobs.fence = ended.value ->> 'fence'
    AND jobs.state = 'leased' AND (NOT ended.value ->> 'by_time' OR jobs.lease_until <= ended.value ->> 'at')
