-- What a source says anew of revisions that are known; one that comes back stands again. Twin: refresh.sqlite.sql.
-- Here JSON has another name, and numbers are cast.
UPDATE articles
SET url = value ->> 2, canonical_url = value ->> 3, author = value ->> 4, published_at = (value ->> 5)::bigint,
    tags = value ->> 6, likes = (value ->> 7)::bigint, private = (value ->> 8)::smallint, superseded_at = NULL
FROM jsonb_array_elements($2::jsonb) AS listed (value)
WHERE source_id = $1 AND guid = value ->> 0 AND revision = value ->> 1
    AND (superseded_at IS NOT NULL OR (url, canonical_url, author, published_at, tags, likes, private)
        IS DISTINCT FROM (value ->> 2, value ->> 3, value ->> 4, (value ->> 5)::bigint, value ->> 6,
            (value ->> 7)::bigint, (value ->> 8)::smallint))
