-- How the occurrence of a feed's local date stands.
SELECT state FROM occurrences WHERE feed_id = $1 AND local_date = $2 AND request IS NULL
