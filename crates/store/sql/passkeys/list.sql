-- A listener's passkeys, in the order they came.
SELECT id, listener_id, credential, passkey, label, created_at, last_used_at FROM passkeys
WHERE listener_id = $1 ORDER BY id
