-- An artifact was made or given up: nobody waits for it any more.
UPDATE demand SET settled_at = $2 WHERE key = $1 AND settled_at IS NULL
