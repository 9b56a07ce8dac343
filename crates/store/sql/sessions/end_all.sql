-- All of a listener's sessions are over but one ($2, or none).
DELETE FROM sessions WHERE listener_id = $1 AND id <> $2
