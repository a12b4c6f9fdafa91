-- Passkeys: WebAuthn credentials, with which people sign in without a password.

-- sign_count is that of the authenticator; one that does not grow tells of a copy (cloned_at).
CREATE TABLE auth.passkeys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    credential_id bytea NOT NULL CONSTRAINT passkeys_credential_known UNIQUE
        CHECK (length(credential_id) BETWEEN 1 AND 1023),
    public_key bytea NOT NULL,
    sign_count bigint NOT NULL,
    transports text[] NOT NULL DEFAULT '{}',
    is_synced boolean NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    cloned_at timestamptz
);
COMMENT ON COLUMN auth.passkeys.is_synced IS 'its owner has it on several devices, or may have';
CREATE INDEX passkeys_newest ON auth.passkeys (user_id, created_at DESC, id DESC);

-- A challenge is signed by the service and works once: those that were used stay until they expire.
CREATE TABLE auth.used_challenges (
    challenge bytea PRIMARY KEY,
    expires_at timestamptz NOT NULL
);
CREATE INDEX used_challenges_expiry ON auth.used_challenges (expires_at);
