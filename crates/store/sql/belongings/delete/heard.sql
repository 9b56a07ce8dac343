-- What a listener has been told.
DELETE FROM heard WHERE listener_id = $1
