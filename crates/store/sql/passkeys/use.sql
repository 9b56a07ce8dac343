-- A passkey was used, and has counted on. $1 credential, $2 listener, $3 the passkey as it is now, $4 now.
UPDATE passkeys SET passkey = $3, last_used_at = $4 WHERE credential = $1 AND listener_id = $2
