-- A listener who may not come in, or may again ($2 NULL).
UPDATE listeners SET disabled_at = $2 WHERE id = $1
