-- What some listeners have had. Twin: of.sqlite.sql.
SELECT heard.listener_id, sources.address, articles.guid, articles.canonical_url, articles.revision
FROM heard
JOIN articles ON articles.id = heard.article_id
JOIN sources ON sources.id = articles.source_id
WHERE heard.listener_id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb)) AND heard.at >= $2
