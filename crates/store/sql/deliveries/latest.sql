-- A page of everybody's messages, the latest first: those before one ($1). $2 how many.
SELECT deliveries.id, deliveries.listener_id, channels.kind, channels.place, deliveries.state, deliveries.attempts,
    deliveries.status, deliveries.detail, deliveries.created_at, deliveries.tried_at, deliveries.ended_at
FROM deliveries
JOIN channels ON channels.id = deliveries.channel_id
WHERE deliveries.id < $1
ORDER BY deliveries.id DESC
LIMIT $2
