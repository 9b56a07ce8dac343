-- Sessions that began ($1) or were used ($2) too long ago.
DELETE FROM sessions WHERE created_at <= $1 OR seen_at <= $2
