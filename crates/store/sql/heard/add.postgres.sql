-- Listeners have had articles. Twin: add.sqlite.sql.
INSERT INTO heard (listener_id, feed_id, article_id, at)
SELECT value ->> 0, value ->> 1, value ->> 2, $2 FROM jsonb_array_elements($1::jsonb) AS had (value)
ON CONFLICT DO NOTHING
