-- Which sources some feeds take in. Twin: sources.postgres.sql. $1 feeds as JSON.
SELECT feed_id, source_id
FROM feed_sources
WHERE feed_id IN (SELECT value FROM json_each($1))
ORDER BY feed_id, source_id
