-- The listener.
DELETE FROM listeners WHERE id = $1
