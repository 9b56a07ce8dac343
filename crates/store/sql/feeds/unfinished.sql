-- What is in production of a feed.
SELECT id FROM occurrences WHERE feed_id = $1 AND state IN ('open', 'selected')
