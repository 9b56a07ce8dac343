-- What a feed follows, where the feed or the source is gone. $1 at most so many.
SELECT feed_sources.feed_id || ' ' || feed_sources.source_id AS subject,
    CASE WHEN feeds.id IS NULL THEN 'the feed is gone' ELSE 'the source is gone' END AS detail,
    CAST(NULL AS BIGINT) AS at
FROM feed_sources
LEFT JOIN feeds ON feeds.id = feed_sources.feed_id
LEFT JOIN sources ON sources.id = feed_sources.source_id
WHERE feeds.id IS NULL OR sources.id IS NULL
ORDER BY subject
LIMIT $1
