-- Occurrences of a batch in one state between two ids, with the feeds and listeners they are for, what those listeners
-- have, and how many of their feeds that have programs are older. JSON is put together and not read here: what is
-- broken in one row is no other's trouble.
SELECT occurrences.id, occurrences.feed_id, occurrences.listener_id, occurrences.local_date, occurrences.lane,
    feeds.name AS feed_name, feeds.language, feeds.style, feeds.minutes, feeds.max_articles, feeds.filter,
    feeds.external, feeds.schedule, listeners.name AS listener_name, occurrences.request, listeners.plan,
    listeners.disabled_at, listeners.zone, listeners.language AS listener_language,
    (SELECT string_agg(subscriptions.standing, ',')
     FROM subscriptions
     WHERE subscriptions.listener_id = occurrences.listener_id) AS standings,
    (SELECT COUNT(*)
     FROM feeds AS older
     WHERE older.listener_id = feeds.listener_id AND older.next_ready_by IS NOT NULL
        AND (older.created_at, older.id) < (feeds.created_at, feeds.id)) AS older
FROM occurrences
JOIN feeds ON feeds.id = occurrences.feed_id
JOIN listeners ON listeners.id = occurrences.listener_id
WHERE occurrences.batch_id = $1 AND occurrences.state = $4 AND occurrences.id BETWEEN $2 AND $3
ORDER BY occurrences.id
