-- Sources that nobody has read yet: what they have is not known. One that is being asked has a failure beforehand, and
-- one more for each reader who was cut off; after three of these, or set aside, it is not waited for.
-- Twin: unread.sqlite.sql.
SELECT id
FROM sources
WHERE id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb)) AND state = 'active'
    AND fetched_at IS NULL AND failures <= 3 AND error IS NULL
