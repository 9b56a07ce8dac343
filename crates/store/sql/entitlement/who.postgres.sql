-- What some listeners have: their plans without a subscription, what each of their subscriptions comes to, and since
-- when they are kept out. Twin: who.sqlite.sql. Here JSON has another name.
SELECT listeners.id, listeners.plan, listeners.disabled_at, listeners.zone, listeners.language, subscriptions.standing
FROM listeners
LEFT JOIN subscriptions ON subscriptions.listener_id = listeners.id
WHERE listeners.id IN (SELECT jsonb_array_elements_text($1::jsonb))
