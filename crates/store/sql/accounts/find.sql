-- How a listener signs in.
SELECT id, email, role, language, password, verified_at, disabled_at FROM listeners WHERE id = $1
