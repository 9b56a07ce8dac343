-- What an unfinished job has to do.
SELECT work FROM jobs WHERE id = $1 AND state IN ('held', 'available', 'leased')
