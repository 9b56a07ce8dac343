-- A word is said as usual again.
DELETE FROM readings WHERE id = $1 AND listener_id = $2
