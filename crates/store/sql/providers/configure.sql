-- Put a provider's settings as configured; what is live of it stays.
INSERT INTO providers (name, settings, live) VALUES ($1, $2, '{}')
ON CONFLICT (name) DO UPDATE SET settings = excluded.settings
WHERE providers.settings <> excluded.settings
