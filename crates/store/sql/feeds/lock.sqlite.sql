-- One feed, for a change of its schedule. Twin: lock.postgres.sql. Here one writer at a time is lock enough.
SELECT id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external, next_date,
    settled_date
FROM feeds
WHERE id = $1 AND deleted_at IS NULL
