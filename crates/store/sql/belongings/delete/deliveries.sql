-- What a listener was told.
DELETE FROM deliveries WHERE listener_id = $1
