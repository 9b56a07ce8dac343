-- The key of a listener's address, unless an older listener has it.
UPDATE listeners SET email_key = $2
WHERE id = $1 AND NOT EXISTS (SELECT 1 FROM listeners AS older WHERE older.email_key = $2)
