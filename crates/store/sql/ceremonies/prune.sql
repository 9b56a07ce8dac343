-- What nobody came back with.
DELETE FROM ceremonies WHERE expires_at < $1
