-- Who signs in by an address.
SELECT id, email, role, language, password, verified_at, disabled_at FROM listeners WHERE email_key = $1
