-- A feed follows sources, many at once. Twin: follow.postgres.sql. Here they come as a JSON array of ids.
INSERT INTO feed_sources (feed_id, source_id)
SELECT $1, value FROM json_each($2) WHERE true
ON CONFLICT (feed_id, source_id) DO NOTHING
