-- A program's sound is taken away: it is over, or its listener is gone. $1 program, $2 now.
UPDATE programs SET emptied_at = $2 WHERE id = $1 AND emptied_at IS NULL
