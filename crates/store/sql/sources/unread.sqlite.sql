-- Sources that nobody has asked yet: what they have is not known. Twin: unread.postgres.sql. $1 ids as JSON.
SELECT id
FROM sources
WHERE id IN (SELECT value FROM json_each($1)) AND state = 'active' AND fetched_at IS NULL AND failures = 0
