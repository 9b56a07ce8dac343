-- A listener's address is another one, unless that is somebody's. $1 listener, $2 address, $3 its key, $4 now.
UPDATE listeners SET email = $2, email_key = $3, verified_at = $4
WHERE id = $1 AND NOT EXISTS (
    SELECT 1 FROM listeners AS others
    WHERE others.id <> $1 AND (others.email_key = $3 OR others.email = $2)
)
