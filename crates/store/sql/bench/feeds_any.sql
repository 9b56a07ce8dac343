-- Whether there is any feed: a measurement wants none but its own.
SELECT 1 AS any FROM feeds LIMIT 1
