-- A source that a listener keeps at hand, under a name of their own ($3) or the source's.
INSERT INTO listener_sources (listener_id, source_id, title, created_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (listener_id, source_id) DO UPDATE SET title = COALESCE(excluded.title, listener_sources.title)
