-- Which sources some feeds take in. Twin: sources.sqlite.sql.
SELECT feed_id, source_id
FROM feed_sources
WHERE feed_id IN (SELECT value #>> '{}' FROM jsonb_array_elements($1::jsonb))
ORDER BY feed_id, source_id
