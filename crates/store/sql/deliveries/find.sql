-- One message.
SELECT id, channel_id, listener_id, notice, state, send_at, attempts, status, detail, created_at, tried_at, ended_at
FROM deliveries
WHERE id = $1
