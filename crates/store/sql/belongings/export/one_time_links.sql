-- Links that were made for a listener, without what they are.
SELECT purpose, created_at, expires_at, used_at FROM one_time_links WHERE listener_id = $1 ORDER BY created_at
