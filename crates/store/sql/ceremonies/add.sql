-- What a browser is to come back with.
INSERT INTO ceremonies (hash, kind, state, expires_at) VALUES ($1, $2, $3, $4)
