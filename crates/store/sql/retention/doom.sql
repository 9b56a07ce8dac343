-- An object whose row is gone is to go, too.
INSERT INTO doomed_media (media_key, doomed_at) VALUES ($1, $2) ON CONFLICT DO NOTHING
