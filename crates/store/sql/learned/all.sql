-- All that was learned.
SELECT name, value FROM learned ORDER BY name
