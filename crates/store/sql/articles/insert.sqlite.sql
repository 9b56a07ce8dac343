-- New revisions, many at once; one that came meanwhile is left as it is. Twin: insert.postgres.sql. Here they come
-- as JSON, in the order of the columns below. $3 now.
INSERT INTO articles (source_id, id, guid, revision, url, canonical_url, title, author, published_at, tags, likes,
    text, private, language, simhash, seen_at)
SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7,
    value ->> 8, value ->> 9, value ->> 10, value ->> 11, value ->> 12, value ->> 13, $3
FROM json_each($2)
WHERE true
ON CONFLICT (source_id, guid, revision) DO NOTHING
