-- Links by which somebody takes a new password, once. Only SHA-256 of the token is stored.

CREATE TABLE auth.resets (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id    uuid NOT NULL UNIQUE REFERENCES auth.users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL
);
COMMENT ON COLUMN auth.resets.user_id IS 'one link a person: a new one takes the place of the last';
CREATE INDEX resets_expiry ON auth.resets (expires_at);
