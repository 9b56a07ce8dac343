-- Which sources a listener's feeds follow.
SELECT feed_sources.feed_id, feed_sources.source_id, sources.address
FROM feeds
JOIN feed_sources ON feed_sources.feed_id = feeds.id
JOIN sources ON sources.id = feed_sources.source_id
WHERE feeds.listener_id = $1
ORDER BY feed_sources.feed_id, feed_sources.source_id
