-- None of a listener's feeds follows a source any more.
DELETE FROM feed_sources
WHERE source_id = $2 AND feed_id IN (SELECT id FROM feeds WHERE listener_id = $1)
