-- A listener's slots and requests.
DELETE FROM occurrences WHERE feed_id IN (SELECT id FROM feeds WHERE listener_id = $1)
