-- The address that a listener wants.
SELECT email, asked_at, expires_at FROM address_changes WHERE listener_id = $1
