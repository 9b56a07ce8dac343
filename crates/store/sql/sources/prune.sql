-- Forget sources that nobody follows or keeps, that were due before $1 and left no articles, some at a time.
DELETE FROM sources
WHERE id IN (
    SELECT id FROM sources
    WHERE state = 'active' AND next_fetch_at < $1
        AND NOT EXISTS (SELECT 1 FROM feed_sources WHERE feed_sources.source_id = sources.id)
        AND NOT EXISTS (SELECT 1 FROM listener_sources WHERE listener_sources.source_id = sources.id)
        AND NOT EXISTS (SELECT 1 FROM articles WHERE articles.source_id = sources.id)
    ORDER BY next_fetch_at
    LIMIT $2
)
