-- Unfinished jobs that are wanted once more: the better lane, the earlier start, the later end, the
-- demand of both; what
-- runs stays as it is. Twin: join.sqlite.sql. Here the columns come as arrays.
UPDATE jobs
SET lane = LEAST(jobs.lane, wish.lane), start_by = LEAST(jobs.start_by, wish.start_by),
    due_at = GREATEST(jobs.due_at, wish.due_at), demand = jobs.demand + wish.demand
FROM unnest($1::text[], $2::smallint[], $3::bigint[], $4::bigint[], $5::integer[])
    AS wish (key, lane, start_by, due_at, demand)
WHERE jobs.key IS NOT NULL AND jobs.key = wish.key AND jobs.state IN ('held', 'available', 'leased')
    AND jobs.state <> 'leased'
