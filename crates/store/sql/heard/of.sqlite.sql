-- What some listeners have had. Twin: of.postgres.sql. $1 listeners as JSON.
SELECT heard.listener_id, sources.address, articles.guid, articles.canonical_url, articles.revision
FROM heard
JOIN articles ON articles.id = heard.article_id
JOIN sources ON sources.id = articles.source_id
WHERE heard.listener_id IN (SELECT value FROM json_each($1)) AND heard.at >= $2
