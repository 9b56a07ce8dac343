-- Which sources feeds follow, for many feeds at once. Twin: followed.sqlite.sql. Here JSON has another name.
SELECT feed_id, source_id
FROM feed_sources
WHERE feed_id IN (SELECT jsonb_array_elements_text($1::jsonb))
ORDER BY feed_id, source_id
