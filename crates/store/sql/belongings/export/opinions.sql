-- What a listener thinks of articles.
SELECT article_id, source_id, author, thumb, at FROM opinions WHERE listener_id = $1 ORDER BY at, article_id
