-- Many new feeds at once. Twin: feeds.sqlite.sql.
INSERT INTO feeds (id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external,
    next_date, next_ready_by, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint,
    (value ->> 6)::bigint, value ->> 7, value ->> 8, value ->> 9, value ->> 10, (value ->> 11)::bigint, $2
FROM jsonb_array_elements($1::jsonb) AS new (value)
