-- A subscription's keeper is asked then, if it says nothing before.
UPDATE subscriptions SET ask_at = $2 WHERE id = $1
