-- Forget articles from before $3 that a source lists no more and nobody heard, some at a time: what it still lists
-- would come back as new. Twin: forget.postgres.sql. Here what is listed comes as a JSON array of guids.
DELETE FROM articles
WHERE id IN (
    SELECT id FROM articles
    WHERE source_id = $1 AND superseded_at IS NULL AND seen_at < $3
        AND guid NOT IN (SELECT value FROM json_each($2))
        AND NOT EXISTS (SELECT 1 FROM heard WHERE heard.article_id = articles.id)
    ORDER BY seen_at
    LIMIT $4
)
