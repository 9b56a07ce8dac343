-- As occurrences/to_select, without what is asked of it whether they may be made: what that costs is measured.
SELECT occurrences.id, occurrences.feed_id, occurrences.listener_id, occurrences.local_date, occurrences.lane,
    feeds.name AS feed_name, feeds.language, feeds.style, feeds.minutes, feeds.max_articles, feeds.filter,
    feeds.external, listeners.name AS listener_name, occurrences.request
FROM occurrences
JOIN feeds ON feeds.id = occurrences.feed_id
JOIN listeners ON listeners.id = occurrences.listener_id
WHERE occurrences.batch_id = $1 AND occurrences.state = $4 AND occurrences.id BETWEEN $2 AND $3
ORDER BY occurrences.id
