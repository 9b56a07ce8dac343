-- A feed for each of those listeners, all due at one instant. Twin: seed_feeds.sqlite.sql.
INSERT INTO feeds (id, listener_id, name, language, style, minutes, filter, schedule, next_date, next_ready_by,
    created_at)
SELECT '01900000-0000-7000-9000-' || lpad(to_hex(n), 12, '0'), '01900000-0000-7000-8000-' || lpad(to_hex(n), 12, '0'),
    'Bench', 'en', 'single', 5, $4, $5, $6, $7, $3
FROM generate_series($1::bigint, $2::bigint) AS n
