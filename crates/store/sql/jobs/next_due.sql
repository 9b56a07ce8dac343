-- When the next waiting job's time comes.
SELECT MIN(ready_at) AS next_at FROM jobs WHERE state = 'available' AND waiting = 1
