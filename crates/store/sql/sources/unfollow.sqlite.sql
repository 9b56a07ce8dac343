-- A feed does without sources, many at once. Twin: unfollow.postgres.sql. Here they come as a JSON array of ids.
DELETE FROM feed_sources
WHERE feed_id = $1 AND source_id IN (SELECT value FROM json_each($2))
