-- A program can be heard for longer than was promised; never for less.
UPDATE programs SET expires_at = $2 WHERE id = $1 AND expires_at < $2
