-- Where a page of jobs stops to look: so many ($2) jobs before one ($1).
SELECT id FROM jobs WHERE id < $1 ORDER BY id DESC LIMIT 1 OFFSET $2
