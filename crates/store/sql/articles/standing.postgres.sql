-- The latest articles of each of many sources, of those that stand. Twin: standing.sqlite.sql. Here what is
-- limited for each is a lateral join.
SELECT articles.id, articles.source_id, sources.address AS source, guid, revision, url, canonical_url, articles.title,
    author, published_at, tags, likes, text, private, language, simhash, seen_at
FROM jsonb_array_elements_text($1::jsonb) WITH ORDINALITY AS wanted (id, place)
JOIN sources ON sources.id = wanted.id
CROSS JOIN LATERAL (
    SELECT * FROM articles AS latest
    WHERE latest.source_id = wanted.id AND latest.superseded_at IS NULL AND latest.seen_at >= $2
    ORDER BY latest.seen_at DESC
    LIMIT $3
) AS articles
ORDER BY wanted.place, seen_at DESC, articles.id
