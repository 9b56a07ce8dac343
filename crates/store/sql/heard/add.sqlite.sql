-- A listener has had these articles. Twin: add.postgres.sql. $3 articles as JSON.
INSERT INTO heard (listener_id, feed_id, article_id, at)
SELECT $1, $2, value, $4 FROM json_each($3)
WHERE true
ON CONFLICT DO NOTHING
