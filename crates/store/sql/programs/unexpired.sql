-- A listener's programs that can still be heard, with the artifacts they are made of. $1 listener, $2 now.
SELECT id, visible_at, expires_at, parts FROM programs WHERE listener_id = $1 AND expires_at > $2
