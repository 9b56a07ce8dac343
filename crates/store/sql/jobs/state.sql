-- Where a job stands; one that is done is its last attempt.
SELECT state FROM jobs WHERE id = $1
UNION ALL
SELECT 'done' FROM attempts WHERE job = $1 AND outcome IN ('done', 'skipped')
LIMIT 1
