-- What the latest programs are made of. $1 how many.
SELECT id, parts FROM programs ORDER BY id DESC LIMIT $1
