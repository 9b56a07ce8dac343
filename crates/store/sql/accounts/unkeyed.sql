-- Listeners whose address has no key yet, in the order they came: those after an id.
SELECT id, email FROM listeners WHERE email_key IS NULL AND id > $1 ORDER BY id LIMIT $2
