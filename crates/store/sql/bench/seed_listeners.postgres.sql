-- Listeners by number, many at once, for a measurement. Twin: seed_listeners.sqlite.sql. Here numbers come of a
-- series.
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at)
SELECT '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'), n || '@bench.invalid', '', 'listener', 'Etc/UTC', 'en',
    'free', $3
FROM generate_series($1::bigint, $2::bigint) AS n
