-- With the request in its key, the one index that keeps slots single also finds all occurrences of a feed: without
-- it, taking a feed away reads the whole table.
DROP INDEX occurrences_slot;
CREATE UNIQUE INDEX occurrences_slot ON occurrences (feed_id, local_date, COALESCE(request, ''));
