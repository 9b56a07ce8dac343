-- Many new listeners at once. Twin: listeners.postgres.sql. $1 as JSON: [[id, email, name, role, zone, language,
-- plan], …], $2 now.
INSERT INTO listeners (id, email, name, role, zone, language, plan, created_at)
SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6, $2
FROM json_each($1)
