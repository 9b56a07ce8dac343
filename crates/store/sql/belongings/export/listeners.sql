-- A listener, for themselves.
SELECT id, email, name, role, zone, language, plan, plan_now, created_at, disabled_at, verified_at, password_set_at
FROM listeners
WHERE id = $1
