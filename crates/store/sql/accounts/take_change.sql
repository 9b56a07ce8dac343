-- The address that a listener wanted and has shown to be theirs, taken out. $1 listener, $2 its key, $3 now.
DELETE FROM address_changes WHERE listener_id = $1 AND email_key = $2 AND expires_at > $3
RETURNING email
