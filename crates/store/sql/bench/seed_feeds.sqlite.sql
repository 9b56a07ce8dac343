-- A feed for each of those listeners, all due at one instant. Twin: seed_feeds.postgres.sql. $1 the first, $2 the
-- last, $3 now, $4 filter, $5 schedule, $6 date, $7 instant.
WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $2)
INSERT INTO feeds (id, listener_id, name, language, style, minutes, filter, schedule, next_date, next_ready_by,
    created_at)
SELECT printf('01900000-0000-7000-9000-%012x', n), printf('01900000-0000-7000-8000-%012x', n), 'Bench', 'en',
    'single', 5, $4, $5, $6, $7, $3
FROM numbers
