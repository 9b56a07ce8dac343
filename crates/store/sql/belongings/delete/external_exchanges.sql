-- What was asked of others for a listener.
DELETE FROM external_exchanges
WHERE occurrence_id IN
    (SELECT occurrences.id FROM feeds JOIN occurrences ON occurrences.feed_id = feeds.id WHERE feeds.listener_id = $1)
