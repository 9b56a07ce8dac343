-- The dictionaries of some listeners. Twin: of_listeners.postgres.sql takes the list as an array of JSON its own way.
SELECT listener_id, id, language, surface, reading FROM readings
WHERE listener_id IN (SELECT value FROM json_each($1))
ORDER BY listener_id, surface
