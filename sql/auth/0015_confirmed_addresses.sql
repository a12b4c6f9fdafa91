-- Whether people read the mail of the address they gave.

ALTER TABLE auth.users ADD COLUMN email_confirmed_at timestamptz;
COMMENT ON COLUMN auth.users.email_confirmed_at IS 'of the address of now: another one is not confirmed';

-- An address that another site has confirmed is.
UPDATE auth.users SET email_confirmed_at = identities.created_at
FROM auth.identities
WHERE identities.user_id = users.id AND identities.email = users.email;

-- Links in letters; only SHA-256 of the token is stored. email_key is the address that the letter went to.
CREATE TABLE auth.confirmations (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    user_id uuid NOT NULL UNIQUE REFERENCES auth.users (id) ON DELETE CASCADE,
    email_key text NOT NULL,
    expires_at timestamptz NOT NULL
);
CREATE INDEX confirmations_expiry ON auth.confirmations (expires_at);
