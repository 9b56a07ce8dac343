-- What became of a listener's slots and requests.
SELECT occurrences.id, occurrences.feed_id, local_date, request, ready_by, opened_at, state, selection, edition, reason,
    ended_at
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id
WHERE feeds.listener_id = $1
ORDER BY occurrences.id
