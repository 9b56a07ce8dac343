-- Which sources many feeds follow. Twin: follows.postgres.sql. $1 as JSON: [[feed, source], …].
INSERT INTO feed_sources (feed_id, source_id)
SELECT value ->> 0, value ->> 1 FROM json_each($1)
