-- A listener's passkeys, without their keys.
SELECT id, label, created_at, last_used_at FROM passkeys WHERE listener_id = $1 ORDER BY id
