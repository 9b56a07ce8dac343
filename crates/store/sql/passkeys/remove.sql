-- A passkey is good no more. $1 id, $2 its listener.
DELETE FROM passkeys WHERE id = $1 AND listener_id = $2
