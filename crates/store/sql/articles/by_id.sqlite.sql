-- Many articles by their names, superseded ones too. Twin: by_id.postgres.sql. Here names come as a JSON array.
SELECT articles.id, articles.source_id, sources.address AS source, guid, revision, url, canonical_url, articles.title,
    author, published_at, tags, likes, text, private, language, simhash, seen_at
FROM json_each($1) AS wanted
CROSS JOIN articles ON articles.id = wanted.value
CROSS JOIN sources ON sources.id = articles.source_id
