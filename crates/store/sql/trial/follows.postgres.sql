-- Which sources many feeds follow. Twin: follows.sqlite.sql.
INSERT INTO feed_sources (feed_id, source_id)
SELECT value ->> 0, value ->> 1 FROM jsonb_array_elements($1::jsonb) AS new (value)
