-- How far a listener has heard some programs. Twin: of.sqlite.sql takes the list as an array of JSON its own way.
SELECT program_id, at_ms, ended FROM positions
WHERE listener_id = $1 AND program_id IN (SELECT jsonb_array_elements_text($2::jsonb))
