-- A source that may be known already, by its address; due at once.
INSERT INTO sources (id, address, host, state, next_fetch_at, interval_s, created_at)
VALUES ($1, $2, $3, 'active', $4, $5, $4)
ON CONFLICT (address) DO NOTHING
