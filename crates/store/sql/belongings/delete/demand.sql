-- What is waited for by requests of a listener, and what is to be made for them alone.
DELETE FROM demand
WHERE batch_id IN
    (SELECT occurrences.batch_id
     FROM feeds
     JOIN occurrences ON occurrences.feed_id = feeds.id
     WHERE feeds.listener_id = $1)
    AND (recipe LIKE '%' || $1 || '%' OR batch_id IN
        (SELECT occurrences.batch_id
         FROM feeds
         JOIN occurrences ON occurrences.feed_id = feeds.id AND occurrences.request IS NOT NULL
         WHERE feeds.listener_id = $1))
