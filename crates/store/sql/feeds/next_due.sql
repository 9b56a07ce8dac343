-- The earliest slot that has no occurrence yet.
SELECT next_ready_by FROM feeds WHERE next_ready_by IS NOT NULL ORDER BY next_ready_by LIMIT 1
