-- Links that were made for a listener.
DELETE FROM one_time_links WHERE listener_id = $1
