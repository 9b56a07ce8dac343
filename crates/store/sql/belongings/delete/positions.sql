-- How far a listener has heard.
DELETE FROM positions WHERE listener_id = $1
