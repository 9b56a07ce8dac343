-- Released occurrences of a batch between two ids, with what their programs are named and for whom they are.
SELECT occurrences.id, occurrences.feed_id, occurrences.listener_id, occurrences.local_date, occurrences.ready_by,
    occurrences.selection, feeds.name AS feed_name, feeds.language, feeds.style, feeds.minutes,
    feeds.max_articles, listeners.name AS listener_name
FROM occurrences
JOIN feeds ON feeds.id = occurrences.feed_id
JOIN listeners ON listeners.id = occurrences.listener_id
WHERE occurrences.batch_id = $1 AND occurrences.state = 'selected' AND occurrences.released_at IS NOT NULL AND feeds.external IS NULL
    AND occurrences.id BETWEEN $2 AND $3
ORDER BY occurrences.id
