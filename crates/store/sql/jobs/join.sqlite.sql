-- Unfinished jobs that are wanted once more: the better lane, the earlier start, the later end, the
-- demand of both; what
-- runs stays as it is. Twin: join.postgres.sql. Here they come as JSON: [[key, lane, start, due, demand], …].
UPDATE jobs
SET lane = MIN(jobs.lane, wish.value ->> 1), start_by = MIN(jobs.start_by, wish.value ->> 2),
    due_at = MAX(jobs.due_at, wish.value ->> 3), demand = jobs.demand + (wish.value ->> 4)
FROM json_each($1) AS wish
WHERE jobs.key IS NOT NULL AND jobs.key = wish.value ->> 0 AND jobs.state IN ('held', 'available', 'leased')
    AND jobs.state <> 'leased'
