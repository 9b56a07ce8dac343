-- How a listener wants a word to be said.
INSERT INTO readings (id, listener_id, language, surface, reading, created_at) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (listener_id, language, surface) DO UPDATE SET reading = excluded.reading
RETURNING id
