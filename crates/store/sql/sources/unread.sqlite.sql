-- Sources that nobody has read yet: what they have is not known. One that is being asked has a failure beforehand, and
-- one more for each reader who was cut off; after three of these, or set aside, it is not waited for.
-- Twin: unread.postgres.sql. $1 ids as JSON.
SELECT id
FROM sources
WHERE id IN (SELECT value FROM json_each($1))
    AND state = 'active' AND fetched_at IS NULL AND failures <= 3 AND error IS NULL
