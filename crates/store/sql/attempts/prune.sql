-- Buckets that are empty.
DELETE FROM sign_in_attempts WHERE empty_at < $1
