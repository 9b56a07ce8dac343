-- Another plan for a listener.
UPDATE listeners SET plan = $2 WHERE id = $1
