-- An occurrence whose program somebody else makes, with its feed and how the exchange stands.
SELECT occurrences.id, occurrences.feed_id, occurrences.listener_id, occurrences.local_date,
    occurrences.ready_by, occurrences.state AS occurrence_state, occurrences.selection,
    feeds.name AS feed_name, feeds.language, feeds.style, feeds.minutes, feeds.schedule, feeds.external,
    exchange.state, exchange.sends, exchange.asked_at, exchange.due_at, exchange.answer_by, exchange.accepted_at,
    exchange.answer, exchange.audio, exchange.error
FROM occurrences
JOIN feeds ON feeds.id = occurrences.feed_id
LEFT JOIN external_exchanges AS exchange ON exchange.occurrence_id = occurrences.id
WHERE occurrences.id = $1 AND feeds.external IS NOT NULL
