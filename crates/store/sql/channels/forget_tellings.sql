-- What a channel was told of, when it goes. $1 the channel, $2 its listener.
DELETE FROM tellings
WHERE channel_id IN (SELECT id FROM channels WHERE id = $1 AND listener_id = $2)
