-- What was fetched for a listener's programs.
SELECT external_exchanges.occurrence_id, external_exchanges.audio
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id
JOIN external_exchanges ON external_exchanges.occurrence_id = occurrences.id AND external_exchanges.audio IS NOT NULL
WHERE feeds.listener_id = $1
