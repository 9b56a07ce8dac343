-- Sources that nobody has read yet: what they have is not known. One that is being asked has a failure beforehand; one that
-- was cut off again, or set aside, is not waited for. Twin: unread.sqlite.sql.
SELECT id
FROM sources
WHERE id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb)) AND state = 'active'
    AND fetched_at IS NULL AND failures <= 1 AND error IS NULL
