-- Links that are over.
DELETE FROM one_time_links WHERE expires_at < $1
