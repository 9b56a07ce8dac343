-- What a listener's feeds follow.
DELETE FROM feed_sources WHERE feed_id IN (SELECT id FROM feeds WHERE listener_id = $1)
