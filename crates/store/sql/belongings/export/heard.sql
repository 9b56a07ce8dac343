-- What a listener has been told.
SELECT heard.article_id, heard.feed_id, heard.at, articles.title, articles.url
FROM heard
JOIN articles ON articles.id = heard.article_id
WHERE heard.listener_id = $1
ORDER BY heard.at, heard.article_id
