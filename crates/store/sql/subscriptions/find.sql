-- One subscription.
SELECT id, listener_id, keeper, standing FROM subscriptions WHERE id = $1
