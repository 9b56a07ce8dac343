-- Since when a listener may not come in.
SELECT disabled_at FROM listeners WHERE id = $1
