-- New messages. One that is to gather what another gathers already becomes that one, and is sent when the last of it
-- is. Twin: add.sqlite.sql.
INSERT INTO deliveries (id, channel_id, listener_id, bundle, notice, state, send_at, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, 'waiting', (value ->> 5)::bigint, $2
FROM jsonb_array_elements($1::jsonb) AS new (value)
ON CONFLICT (channel_id, bundle) WHERE state = 'waiting' AND bundle IS NOT NULL
DO UPDATE SET send_at = GREATEST(deliveries.send_at, excluded.send_at)
RETURNING id, channel_id, listener_id, bundle, send_at
