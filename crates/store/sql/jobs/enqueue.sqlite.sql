-- New jobs, many at once; a key that an unfinished job has is left out. Twin: enqueue.postgres.sql. Here
-- they come as JSON, in the order of the columns below. $2 now.
INSERT INTO jobs (kind, work, key, crowd, lane, start_by, due_at, demand, ready_at, hold, state, waiting)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9,
    CASE WHEN value ->> 9 IS NULL THEN 'available' ELSE 'held' END,
    value ->> 9 IS NULL AND value ->> 8 > $2
FROM json_each($1)
WHERE true
ON CONFLICT (key) WHERE key IS NOT NULL AND state IN ('held', 'available', 'leased') DO NOTHING
