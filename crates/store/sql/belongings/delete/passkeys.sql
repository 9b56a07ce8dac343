-- A listener's passkeys.
DELETE FROM passkeys WHERE listener_id = $1
