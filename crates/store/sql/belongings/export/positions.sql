-- How far a listener has heard.
SELECT program_id, at_ms, ended, updated_at FROM positions WHERE listener_id = $1 ORDER BY updated_at, program_id
