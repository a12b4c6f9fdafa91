-- Other sites that people may sign in with (OpenID Connect), and who is who there.

-- client_secret is encrypted by the service; without one we are a public client. Where the site
-- has no discovery, endpoints name what it would have told.
CREATE TABLE auth.providers (
    name text PRIMARY KEY CHECK (name ~ '^[a-z][a-z0-9-]{0,31}$'),
    title text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    issuer text NOT NULL CONSTRAINT providers_issuer_known UNIQUE,
    client_id text NOT NULL,
    client_secret bytea,
    scopes text NOT NULL,
    endpoints jsonb,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

-- Whoever a site calls by this subject is this user. The address is only to be shown: it decides
-- nothing.
CREATE TABLE auth.identities (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    issuer text NOT NULL,
    subject text NOT NULL CHECK (length(subject) BETWEEN 1 AND 255),
    email text,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_used_at timestamptz,
    CONSTRAINT identities_linked UNIQUE (issuer, subject)
);
CREATE INDEX identities_newest ON auth.identities (user_id, created_at DESC, id DESC);
