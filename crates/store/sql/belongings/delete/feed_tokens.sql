-- The devices that read a listener's podcasts.
DELETE FROM feed_tokens WHERE listener_id = $1
