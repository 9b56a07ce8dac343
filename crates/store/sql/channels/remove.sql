-- A channel goes. $1 id, $2 its listener.
DELETE FROM channels WHERE id = $1 AND listener_id = $2
