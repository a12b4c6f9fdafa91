-- API tokens: what programs show instead of a person's session. Only SHA-256 of one is stored.

CREATE TABLE auth.api_tokens (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    scopes text[] NOT NULL CHECK (cardinality(scopes) > 0),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    last_used_at timestamptz
);
COMMENT ON COLUMN auth.api_tokens.scopes IS
    'names of permissions; the token may do what both these and its owner may';
CREATE INDEX api_tokens_newest ON auth.api_tokens (user_id, created_at DESC, id DESC);
