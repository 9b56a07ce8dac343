-- What a source says anew of revisions that are known; one that comes back stands again. Twin: refresh.postgres.sql.
-- Here they come as JSON: [[guid, revision, url, canonical_url, author, published_at, tags, likes, private], …].
UPDATE articles
SET url = value ->> 2, canonical_url = value ->> 3, author = value ->> 4, published_at = value ->> 5,
    tags = value ->> 6, likes = value ->> 7, private = value ->> 8, superseded_at = NULL
FROM json_each($2)
WHERE source_id = $1 AND guid = value ->> 0 AND revision = value ->> 1
    AND (superseded_at IS NOT NULL OR (url, canonical_url, author, published_at, tags, likes, private)
        IS NOT (value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, value ->> 7, value ->> 8))
