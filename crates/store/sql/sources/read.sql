-- What an answer said of the source itself; asked.sql, which is fenced, goes before it in the transaction.
UPDATE sources
SET title = CASE WHEN $2 = '' THEN title ELSE $2 END, etag = $3, last_modified = $4,
    changed_at = CASE WHEN $5 = 1 THEN fetched_at ELSE changed_at END
WHERE id = $1
