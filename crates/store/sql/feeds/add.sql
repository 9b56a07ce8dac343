-- A new feed.
INSERT INTO feeds (id, listener_id, name, language, style, minutes, max_articles, filter, schedule, external,
    next_date, next_ready_by, created_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
