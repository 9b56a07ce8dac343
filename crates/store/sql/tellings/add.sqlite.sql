-- Channels are told of something, once; which of it is news. A channel that is gone is told nothing. Twin:
-- add.postgres.sql, which keeps channels from going meanwhile. $1 as JSON: [[channel, subject, delivery], …], $2 now.
INSERT INTO tellings (channel_id, subject, delivery_id, told_at)
SELECT new.value ->> 0, new.value ->> 1, new.value ->> 2, $2
FROM json_each($1) AS new
JOIN channels ON channels.id = new.value ->> 0
WHERE true
ON CONFLICT DO NOTHING
RETURNING channel_id, subject
