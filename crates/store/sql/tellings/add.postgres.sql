-- Channels are told of something, once; which of it is news. A channel that goes meanwhile is told nothing. Twin:
-- add.sqlite.sql.
INSERT INTO tellings (channel_id, subject, delivery_id, told_at)
SELECT new.value ->> 0, new.value ->> 1, new.value ->> 2, $2
FROM jsonb_array_elements($1::jsonb) AS new (value)
JOIN channels ON channels.id = new.value ->> 0
FOR KEY SHARE OF channels
ON CONFLICT DO NOTHING
RETURNING channel_id, subject
