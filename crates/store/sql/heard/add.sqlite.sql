-- Listeners have had articles. Twin: add.postgres.sql. $1 as JSON: [[listener, feed, article], …], $2 now.
INSERT INTO heard (listener_id, feed_id, article_id, at)
SELECT value ->> 0, value ->> 1, value ->> 2, $2 FROM json_each($1)
WHERE true
ON CONFLICT DO NOTHING
