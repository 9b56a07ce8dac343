-- A listener who may run the service from now on.
UPDATE listeners SET role = 'operator' WHERE id = $1
