-- What is to be read of one host, with the next instant a program is to be ready that may be made of it:
-- the first among some of the feeds, for a source with very many is wanted at every hour anyway.
SELECT id, address, host, title, state, error, etag, last_modified, next_fetch_at, interval_s, failures, fetched_at,
    changed_at, created_at,
    (SELECT MIN(next_ready_by) FROM (
        SELECT feeds.next_ready_by
        FROM feed_sources
        JOIN feeds ON feeds.id = feed_sources.feed_id
        WHERE feed_sources.source_id = sources.id AND feeds.next_ready_by > $2
        LIMIT 200
    ) AS mornings) AS wanted_by
FROM sources
WHERE host = $1 AND state = 'active' AND next_fetch_at <= $2
    AND (EXISTS (SELECT 1 FROM feed_sources WHERE feed_sources.source_id = sources.id)
        OR (fetched_at IS NULL
            AND EXISTS (SELECT 1 FROM listener_sources WHERE listener_sources.source_id = sources.id)))
ORDER BY next_fetch_at, id
LIMIT $3
