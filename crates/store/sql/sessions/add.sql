-- A browser that is signed in. A new session's cookie counts as shown.
INSERT INTO sessions (id, listener_id, hash, created_at, seen_at, replaced_at, confirmed_at, method, address, agent)
VALUES ($1, $2, $3, $4, $4, $4, $4, $5, $6, $7)
