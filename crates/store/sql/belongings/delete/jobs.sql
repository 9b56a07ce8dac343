-- What is still to be made for a listener alone, and what is still to be written to them, by id or by address. The part
-- is taken out to see whether it is in: an address may hold what LIKE takes for a pattern.
DELETE FROM jobs
WHERE crowd = $1 OR REPLACE(work, $1, '') <> work
    OR REPLACE(work, (SELECT '"' || COALESCE(email_key, email) || '"' FROM listeners WHERE id = $1), '') <> work
