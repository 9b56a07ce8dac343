-- Addresses that nobody has shown to be theirs.
DELETE FROM address_changes WHERE expires_at < $1
