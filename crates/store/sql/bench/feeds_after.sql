-- Feeds with their listeners, a page at a time: those after an id.
SELECT id, listener_id FROM feeds WHERE id > $1 ORDER BY id LIMIT $2
