-- One feed, for a change of its schedule: neither a planner nor another change comes between. Twin:
-- lock.sqlite.sql, where one writer at a time is lock enough.
SELECT id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external, next_date,
    settled_date
FROM feeds
WHERE id = $1 AND deleted_at IS NULL
FOR UPDATE
