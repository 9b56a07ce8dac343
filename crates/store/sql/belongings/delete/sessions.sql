-- Browsers that a listener is signed in at.
DELETE FROM sessions WHERE listener_id = $1
