-- A listener's channels.
DELETE FROM channels WHERE listener_id = $1
