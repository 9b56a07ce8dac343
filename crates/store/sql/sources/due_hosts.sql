-- Hosts that have a source to read which somebody follows, or keeps and nobody has read yet, those that have waited
-- longest first. What is due is found first: grouped at once, the hosts of all sources would be read.
WITH due AS MATERIALIZED (
    SELECT id, host, next_fetch_at, fetched_at FROM sources WHERE state = 'active' AND next_fetch_at <= $1
)
SELECT host
FROM due
WHERE EXISTS (SELECT 1 FROM feed_sources WHERE feed_sources.source_id = due.id)
    OR (fetched_at IS NULL AND EXISTS (SELECT 1 FROM listener_sources WHERE listener_sources.source_id = due.id))
GROUP BY host
ORDER BY MIN(next_fetch_at), host
LIMIT $2
