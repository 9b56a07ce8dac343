-- What is waited for by requests of a listener, and what is to be made for them alone.
DELETE FROM demand
WHERE batch_id IN
    (SELECT occurrences.batch_id
     FROM feeds
     JOIN occurrences ON occurrences.feed_id = feeds.id
     WHERE feeds.listener_id = $1 AND (occurrences.request IS NOT NULL OR demand.recipe LIKE '%' || $1 || '%'))
