-- Forget articles from before $3 that a source lists no more and nobody heard, some at a time: what it still lists
-- would come back as new. Twin: forget.sqlite.sql. Here JSON has another name.
DELETE FROM articles
WHERE id IN (
    SELECT id FROM articles
    WHERE source_id = $1 AND superseded_at IS NULL AND seen_at < $3
        AND guid NOT IN (SELECT jsonb_array_elements_text($2::jsonb))
        AND NOT EXISTS (SELECT 1 FROM heard WHERE heard.article_id = articles.id)
    ORDER BY seen_at
    LIMIT $4
)
