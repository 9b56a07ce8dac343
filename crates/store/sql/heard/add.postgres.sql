-- A listener has had these articles. Twin: add.sqlite.sql.
INSERT INTO heard (listener_id, feed_id, article_id, at)
SELECT $1, $2, value #>> '{}', $4 FROM jsonb_array_elements($3::jsonb) AS article (value)
ON CONFLICT DO NOTHING
