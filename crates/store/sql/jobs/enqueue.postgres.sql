-- New jobs, many at once; a key that an unfinished job has is left out. Twin: enqueue.sqlite.sql. Here the
-- columns come as arrays. $9 instants to begin at, $10 what held ones wait for, $11 now.
INSERT INTO jobs (kind, work, key, crowd, lane, start_by, due_at, demand, ready_at, hold, state, waiting)
SELECT kind, work, key, crowd, lane, start_by, due_at, demand, ready_at, hold,
    CASE WHEN hold IS NULL THEN 'available' ELSE 'held' END,
    CASE WHEN hold IS NULL AND ready_at > $11 THEN 1 ELSE 0 END
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::smallint[], $6::bigint[], $7::bigint[],
    $8::integer[], $9::bigint[], $10::text[])
    AS new (kind, work, key, crowd, lane, start_by, due_at, demand, ready_at, hold)
ON CONFLICT (key) WHERE key IS NOT NULL AND state IN ('held', 'available', 'leased') DO NOTHING
