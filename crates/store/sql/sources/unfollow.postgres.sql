-- A feed does without sources, many at once. Twin: unfollow.sqlite.sql. Here JSON has another name.
DELETE FROM feed_sources
WHERE feed_id = $1 AND source_id IN (SELECT jsonb_array_elements_text($2::jsonb))
