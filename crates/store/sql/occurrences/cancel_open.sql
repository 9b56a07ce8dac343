-- Open occurrences of a feed make room for another schedule: their slots may be opened again.
DELETE FROM occurrences
WHERE feed_id = $1 AND state = 'open' AND request IS NULL
RETURNING local_date
