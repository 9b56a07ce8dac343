-- One of a listener's sources, kept at hand or followed by a feed.
SELECT sources.id, address, host, sources.title, state, error, etag, last_modified, next_fetch_at, interval_s,
    failures, fetched_at, changed_at, sources.created_at, listener_sources.title AS own_title
FROM sources
LEFT JOIN listener_sources ON listener_sources.source_id = sources.id AND listener_sources.listener_id = $1
WHERE sources.id = $2
    AND sources.id IN (
        SELECT source_id FROM listener_sources WHERE listener_id = $1
        UNION
        SELECT feed_sources.source_id
        FROM feeds
        JOIN feed_sources ON feed_sources.feed_id = feeds.id
        WHERE feeds.listener_id = $1 AND feeds.deleted_at IS NULL
    )
