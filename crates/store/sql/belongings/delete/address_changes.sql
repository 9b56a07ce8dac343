-- The address that a listener wants.
DELETE FROM address_changes WHERE listener_id = $1
