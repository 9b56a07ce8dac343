-- What a listener's channels were told of.
DELETE FROM tellings WHERE channel_id IN (SELECT id FROM channels WHERE listener_id = $1)
