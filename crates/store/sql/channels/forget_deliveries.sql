-- A channel's messages, when it goes. $1 the channel, $2 its listener.
DELETE FROM deliveries WHERE channel_id = $1 AND listener_id = $2
