-- A listener's feeds, deleted ones among them; whoever makes programs instead is named by the feed itself.
SELECT id, name, language, style, minutes, max_articles, filter, schedule, next_date, settled_date, created_at, deleted_at
FROM feeds
WHERE listener_id = $1
ORDER BY id
