-- Batches of a listener's requests.
SELECT occurrences.batch_id
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id AND occurrences.request IS NOT NULL
WHERE feeds.listener_id = $1
