-- Sources that a listener keeps at hand.
DELETE FROM listener_sources WHERE listener_id = $1
