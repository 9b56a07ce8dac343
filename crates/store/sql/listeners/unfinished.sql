-- What is in production for a listener.
SELECT occurrences.id
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id AND occurrences.state IN ('open', 'selected')
WHERE feeds.listener_id = $1
