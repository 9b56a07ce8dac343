-- How far a listener has heard some programs. Twin: of.postgres.sql takes the list as an array of JSON its own way.
SELECT program_id, at_ms, ended FROM positions
WHERE listener_id = $1 AND program_id IN (SELECT value FROM json_each($2))
