-- Many new feeds at once. Twin: feeds.postgres.sql. $1 as JSON: [[id, listener, name, language, style, minutes, most
-- articles, filter, schedule, external, next date, next ready-by], …], $2 now.
INSERT INTO feeds (id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external,
    next_date, next_ready_by, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, $2
FROM json_each($1)
