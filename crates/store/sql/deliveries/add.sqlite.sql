-- New messages. One that is to gather what another gathers already becomes that one, and is sent when the last of it
-- is. Twin: add.postgres.sql. $1 as JSON: [[id, channel, listener, bundle, notice, at], …], $2 now.
INSERT INTO deliveries (id, channel_id, listener_id, bundle, notice, state, send_at, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 'waiting', value ->> 5, $2
FROM json_each($1)
WHERE true
ON CONFLICT (channel_id, bundle) WHERE state = 'waiting' AND bundle IS NOT NULL
DO UPDATE SET send_at = MAX(deliveries.send_at, excluded.send_at)
RETURNING id, channel_id, listener_id, bundle, send_at
