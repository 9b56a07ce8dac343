-- Which sources feeds follow, for many feeds at once. Twin: followed.postgres.sql. Here feeds come as a JSON array.
SELECT feed_id, source_id
FROM feed_sources
WHERE feed_id IN (SELECT value FROM json_each($1))
ORDER BY feed_id, source_id
