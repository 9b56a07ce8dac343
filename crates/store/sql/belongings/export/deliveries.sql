-- What a listener was told.
SELECT id, channel_id, notice, state, send_at, attempts, status, detail, created_at, tried_at, ended_at
FROM deliveries WHERE listener_id = $1 ORDER BY id
