-- Forget revisions that were superseded before $1 and nobody heard, some at a time.
DELETE FROM articles
WHERE id IN (
    SELECT id FROM articles
    WHERE superseded_at < $1
        AND NOT EXISTS (SELECT 1 FROM heard WHERE heard.article_id = articles.id)
    ORDER BY superseded_at
    LIMIT $2
)
