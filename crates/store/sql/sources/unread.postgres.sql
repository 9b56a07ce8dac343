-- Sources that nobody has asked yet: what they have is not known. Twin: unread.sqlite.sql.
SELECT id
FROM sources
WHERE id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb)) AND state = 'active'
    AND fetched_at IS NULL AND failures = 0
