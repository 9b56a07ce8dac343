-- New revisions, many at once; one that came meanwhile is left as it is. Twin: insert.sqlite.sql. Here JSON has
-- another name, and numbers are cast. $3 now.
INSERT INTO articles (source_id, id, guid, revision, url, canonical_url, title, author, published_at, tags, likes,
    text, private, language, simhash, seen_at)
SELECT $1, value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,
    (value ->> 7)::bigint, value ->> 8, (value ->> 9)::bigint, value ->> 10, (value ->> 11)::smallint,
    value ->> 12, (value ->> 13)::bigint, $3
FROM jsonb_array_elements($2::jsonb) AS listed (value)
ON CONFLICT (source_id, guid, revision) DO NOTHING
