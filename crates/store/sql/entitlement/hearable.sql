-- How many programs a listener can hear at $2, and how many of them not any more at $3.
SELECT COUNT(*) AS total, COUNT(CASE WHEN expires_at <= $3 THEN 1 END) AS expiring
FROM programs
WHERE listener_id = $1 AND visible_at <= $2 AND expires_at > $2
