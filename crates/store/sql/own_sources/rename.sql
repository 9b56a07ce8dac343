-- A source under another name ($3), or under its own again (NULL); kept at hand from now on.
INSERT INTO listener_sources (listener_id, source_id, title, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (listener_id, source_id) DO UPDATE SET title = excluded.title
