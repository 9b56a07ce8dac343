-- Operators who can sign in by themselves.
SELECT COUNT(*) FROM listeners
WHERE role = 'operator' AND disabled_at IS NULL
    AND (password IS NOT NULL
        OR EXISTS (SELECT 1 FROM passkeys WHERE passkeys.listener_id = listeners.id)
        OR EXISTS (SELECT 1 FROM oidc_identities WHERE oidc_identities.listener_id = listeners.id))
