-- Another password for a listener.
UPDATE listeners SET password = $2, password_set_at = $3 WHERE id = $1
