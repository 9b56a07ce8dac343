-- A listener's programs.
DELETE FROM programs WHERE listener_id = $1
