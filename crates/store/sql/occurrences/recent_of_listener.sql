-- A listener's occurrences of local dates from one on ($2), the latest due first, with the program that came of each.
SELECT occurrences.id, occurrences.feed_id, local_date, ready_by, state, occurrences.edition, occurrences.reason,
    ended_at, programs.id AS program_id,
    CASE WHEN state = 'selected' THEN selection END AS selection,
    CASE WHEN released_at IS NULL THEN 0 ELSE 1 END AS released, opened_at
FROM feeds
JOIN occurrences ON occurrences.feed_id = feeds.id AND local_date >= $2
LEFT JOIN programs ON programs.occurrence_id = occurrences.id
WHERE feeds.listener_id = $1 AND feeds.deleted_at IS NULL
ORDER BY ready_by DESC, occurrences.id DESC
LIMIT $3
