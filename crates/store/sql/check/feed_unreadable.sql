-- Feeds that were not deleted, to be read: a page, those after an id. $1 after, $2 how many.
SELECT id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external, next_date,
    settled_date
FROM feeds
WHERE deleted_at IS NULL AND id > $1
ORDER BY id
LIMIT $2
