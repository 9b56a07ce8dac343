-- What a listener thinks of articles.
DELETE FROM opinions WHERE listener_id = $1
