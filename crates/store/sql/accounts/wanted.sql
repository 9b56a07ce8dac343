-- The address that a listener wants. $1 listener, $2 now.
SELECT email FROM address_changes WHERE listener_id = $1 AND expires_at > $2
