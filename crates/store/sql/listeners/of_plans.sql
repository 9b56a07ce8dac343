-- How many listeners have which plan.
SELECT plan, COUNT(*) AS total FROM listeners GROUP BY plan ORDER BY plan
