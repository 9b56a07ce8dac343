-- A listener's feeds.
DELETE FROM feeds WHERE listener_id = $1
