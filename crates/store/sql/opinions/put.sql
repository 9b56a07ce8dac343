-- A listener's thumb for an article they were told of.
INSERT INTO opinions (listener_id, article_id, source_id, author, thumb, at)
SELECT $1, id, source_id, author, $3, $4 FROM articles
WHERE id = $2 AND EXISTS (SELECT 1 FROM heard WHERE heard.listener_id = $1 AND heard.article_id = articles.id)
ON CONFLICT (listener_id, article_id) DO UPDATE SET thumb = excluded.thumb, at = excluded.at
