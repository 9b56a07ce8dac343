-- The latest articles of each of many sources, of those that stand. Twin: standing.postgres.sql. Here sources
-- come as a JSON array, and what is limited for each is a list of rows.
SELECT articles.id, articles.source_id, sources.address AS source, guid, revision, url, canonical_url, articles.title,
    author, published_at, tags, likes, text, private, language, simhash, seen_at
FROM json_each($1) AS wanted
CROSS JOIN sources ON sources.id = wanted.value
CROSS JOIN articles ON articles.rowid IN (
    SELECT latest.rowid FROM articles AS latest
    WHERE latest.source_id = wanted.value AND latest.superseded_at IS NULL AND latest.seen_at >= $2
    ORDER BY latest.seen_at DESC
    LIMIT $3
)
ORDER BY wanted.key, seen_at DESC, articles.id
