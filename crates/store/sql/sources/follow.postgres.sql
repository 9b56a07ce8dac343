-- A feed follows sources, many at once. Twin: follow.sqlite.sql. Here JSON has another name.
INSERT INTO feed_sources (feed_id, source_id)
SELECT $1, wanted.id FROM jsonb_array_elements_text($2::jsonb) AS wanted (id)
ON CONFLICT (feed_id, source_id) DO NOTHING
