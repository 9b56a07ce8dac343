-- Sources in the order they came, a page at a time: those after an id.
SELECT id, address, host, title, state, error, etag, last_modified, next_fetch_at, interval_s, failures, fetched_at,
    changed_at, created_at
FROM sources
WHERE id > $1
ORDER BY id
LIMIT $2
