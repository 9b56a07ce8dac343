-- No thumb any more.
DELETE FROM opinions WHERE listener_id = $1 AND article_id = $2
