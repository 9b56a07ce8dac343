-- A feed as its listener wishes it now, but for its schedule.
UPDATE feeds
SET name = $2, language = $3, style = $4, minutes = $5, max_articles = $6, filter = $7, external = $8,
    changed_at = $9
WHERE id = $1 AND deleted_at IS NULL
