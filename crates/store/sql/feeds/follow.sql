-- A feed takes in a source.
INSERT INTO feed_sources (feed_id, source_id) VALUES ($1, $2)
ON CONFLICT (feed_id, source_id) DO NOTHING
