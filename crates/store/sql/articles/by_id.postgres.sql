-- Many articles by their names, superseded ones too. Twin: by_id.sqlite.sql. Here JSON has another name.
SELECT articles.id, articles.source_id, sources.address AS source, guid, revision, url, canonical_url, articles.title,
    author, published_at, tags, likes, text, private, language, simhash, seen_at
FROM jsonb_array_elements_text($1::jsonb) AS wanted (id)
JOIN articles ON articles.id = wanted.id
JOIN sources ON sources.id = articles.source_id
