-- The plan that counts from now on.
UPDATE listeners SET plan_now = $2 WHERE id = $1
