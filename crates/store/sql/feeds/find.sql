-- One feed that was not deleted.
SELECT id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external, next_date,
    settled_date
FROM feeds
WHERE id = $1 AND deleted_at IS NULL
