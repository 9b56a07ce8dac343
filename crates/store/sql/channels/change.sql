-- How a channel is called, when it tells, and where it leads. $1 id, $2 its listener.
UPDATE channels SET label = $3, settings = $4, target = $5 WHERE id = $1 AND listener_id = $2
