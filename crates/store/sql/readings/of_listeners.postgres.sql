-- The dictionaries of some listeners. Twin: of_listeners.sqlite.sql takes the list as an array of JSON its own way.
SELECT listener_id, id, language, surface, reading FROM readings
WHERE listener_id IN (SELECT jsonb_array_elements_text($1::jsonb))
ORDER BY listener_id, surface
