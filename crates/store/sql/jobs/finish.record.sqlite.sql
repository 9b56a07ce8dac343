-- The ends of jobs that are done, fenced; finish.sqlite.sql follows in the same transaction. Twin:
-- finish.postgres.sql. Here a DELETE cannot feed an INSERT, and rows come as JSON:
-- [[id, fence, outcome, at, message, units, cost], …].
INSERT INTO attempts (job, fence, kind, lane, outcome, started_at, ended_at, owner, key, message, units,
    cost_micro_usd)
SELECT jobs.id, fence, kind, lane, ended.value ->> 2, leased_at, ended.value ->> 3, owner, jobs.key, ended.value ->> 4,
    ended.value ->> 5, ended.value ->> 6
FROM json_each($1) AS ended
CROSS JOIN jobs ON jobs.id = ended.value ->> 0 AND jobs.fence = ended.value ->> 1 AND jobs.state = 'leased'
