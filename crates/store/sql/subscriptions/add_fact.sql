-- Something that was said of a subscription, once.
INSERT INTO subscription_facts (subscription_id, fact) VALUES ($1, $2) ON CONFLICT DO NOTHING
