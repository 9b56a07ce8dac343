-- Who gets the messages of a channel.
SELECT id, email, role, zone, language, verified_at, disabled_at FROM listeners WHERE id = $1
