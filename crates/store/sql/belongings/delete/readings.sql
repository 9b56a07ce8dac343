-- A listener's reading dictionary.
DELETE FROM readings WHERE listener_id = $1
