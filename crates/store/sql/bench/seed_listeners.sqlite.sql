-- Listeners by number, many at once, for a measurement. Twin: seed_listeners.postgres.sql. Here numbers come of a
-- recursion. $1 the first, $2 the last, $3 now.
WITH RECURSIVE numbers (n) AS (SELECT $1 UNION ALL SELECT n + 1 FROM numbers WHERE n < $2)
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at)
SELECT printf('01900000-0000-7000-8000-%012x', n), n || '@bench.invalid', '', 'listener', 'Etc/UTC', 'en',
    'free', $3
FROM numbers
