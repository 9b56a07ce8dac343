-- A session is over. $1 id, $2 its listener.
DELETE FROM sessions WHERE id = $1 AND listener_id = $2
