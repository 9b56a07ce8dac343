-- What a feed is made of, for its page.
SELECT sources.id, address, host, title, state, error, etag, last_modified, next_fetch_at, interval_s, failures,
    fetched_at, changed_at, sources.created_at
FROM feed_sources
JOIN sources ON sources.id = feed_sources.source_id
WHERE feed_sources.feed_id = $1
ORDER BY sources.address
