-- Forget articles from before $1 of sources that nobody has followed since, and nobody heard, some at a time.
DELETE FROM articles
WHERE id IN (
    SELECT articles.id
    FROM sources
    JOIN articles ON articles.source_id = sources.id
    WHERE sources.state = 'active' AND sources.next_fetch_at < $1 AND articles.seen_at < $1
        AND NOT EXISTS (SELECT 1 FROM feed_sources WHERE feed_sources.source_id = sources.id)
        AND NOT EXISTS (SELECT 1 FROM heard WHERE heard.article_id = articles.id)
    LIMIT $2
)
