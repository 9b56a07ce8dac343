-- Programs that can be heard, with what they are made of: a page, those after an id whose names are like $4. $1
-- after, $2 how many, $3 now.
SELECT id, bytes, manifest
FROM programs
WHERE expires_at > $3 AND id > $1 AND id LIKE $4
ORDER BY id
LIMIT $2
