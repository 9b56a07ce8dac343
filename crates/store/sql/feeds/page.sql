-- A listener's feeds, a page at a time: those after an id.
SELECT id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external, next_date,
    settled_date
FROM feeds
WHERE listener_id = $1 AND id > $2 AND deleted_at IS NULL
ORDER BY id
LIMIT $3
