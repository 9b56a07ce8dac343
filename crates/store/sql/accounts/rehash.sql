-- The same password, hashed as it is done now; not if it has been changed meanwhile ($2 the hash before).
UPDATE listeners SET password = $3 WHERE id = $1 AND password = $2
