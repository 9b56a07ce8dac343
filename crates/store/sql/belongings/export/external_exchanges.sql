-- What was asked of others for a listener, and answered.
SELECT external_exchanges.occurrence_id, external_exchanges.state, external_exchanges.asked_at,
    external_exchanges.answered_at, external_exchanges.answer, external_exchanges.error
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id
JOIN external_exchanges ON external_exchanges.occurrence_id = occurrences.id
WHERE feeds.listener_id = $1
ORDER BY external_exchanges.occurrence_id
