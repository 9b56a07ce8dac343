-- A source that a listener keeps no more.
DELETE FROM listener_sources WHERE listener_id = $1 AND source_id = $2
