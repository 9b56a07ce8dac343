-- The operator who came first.
SELECT id FROM listeners WHERE role = 'operator' AND disabled_at IS NULL ORDER BY id LIMIT 1
