-- Who people are, what they may do, and how they are signed in.

CREATE SCHEMA IF NOT EXISTS auth;

-- username_key and email_key are the NFKC case-folded forms, made by the service:
-- the database's own lower() depends on its locale.
CREATE TABLE auth.users (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    username text NOT NULL CHECK (length(username) BETWEEN 3 AND 64),
    username_key text NOT NULL CONSTRAINT users_username_taken UNIQUE,
    email text NOT NULL CHECK (length(email) BETWEEN 3 AND 254),
    email_key text NOT NULL CONSTRAINT users_email_taken UNIQUE,
    password_hash text,
    first_name text NOT NULL DEFAULT '' CHECK (length(first_name) <= 100),
    last_name text NOT NULL DEFAULT '' CHECK (length(last_name) <= 100),
    is_superuser boolean NOT NULL DEFAULT false,
    is_active boolean NOT NULL DEFAULT true,
    revision integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE auth.permissions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT permissions_name_taken UNIQUE
        CHECK (name ~ '^[a-z][a-z_]*(\.[a-z][a-z_]*)+$'),
    description text NOT NULL DEFAULT ''
);

CREATE TABLE auth.roles (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL CONSTRAINT roles_name_taken UNIQUE CHECK (length(name) BETWEEN 1 AND 64),
    description text NOT NULL DEFAULT ''
);

CREATE TABLE auth.role_permissions (
    role_id uuid NOT NULL REFERENCES auth.roles (id) ON DELETE CASCADE,
    permission_id uuid NOT NULL REFERENCES auth.permissions (id) ON DELETE CASCADE,
    PRIMARY KEY (role_id, permission_id)
);
CREATE INDEX role_permissions_permission ON auth.role_permissions (permission_id);

CREATE TABLE auth.user_roles (
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    role_id uuid NOT NULL REFERENCES auth.roles (id) ON DELETE CASCADE,
    PRIMARY KEY (user_id, role_id)
);
CREATE INDEX user_roles_role ON auth.user_roles (role_id);

-- A session is one signed-in device and one family of refresh tokens: ending it ends them all.
CREATE TABLE auth.sessions (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    user_agent text NOT NULL DEFAULT '',
    ip inet,
    city text,
    created_at timestamptz NOT NULL DEFAULT now(),
    last_seen_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    end_reason text,
    CHECK ((ended_at IS NULL) = (end_reason IS NULL))
);
CREATE INDEX sessions_live ON auth.sessions (user_id, created_at DESC, id DESC)
    WHERE ended_at IS NULL;
CREATE INDEX sessions_user ON auth.sessions (user_id);

-- Only SHA-256 of a token is stored. One parent has at most one child, so a race cannot fork a family.
CREATE TABLE auth.refresh_tokens (
    token_hash bytea PRIMARY KEY CHECK (length(token_hash) = 32),
    session_id uuid NOT NULL REFERENCES auth.sessions (id) ON DELETE CASCADE,
    parent_hash bytea UNIQUE,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX refresh_tokens_session ON auth.refresh_tokens (session_id);
CREATE INDEX refresh_tokens_expiry ON auth.refresh_tokens (expires_at);

-- private_key is encrypted by the service. A key is published until retired_at, which may lie ahead.
CREATE TABLE auth.signing_keys (
    kid text PRIMARY KEY,
    public_jwk jsonb NOT NULL,
    private_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    retired_at timestamptz
);

-- Every attempt to log in. A name nobody has leaves user_id empty; the name itself is not kept,
-- because people type passwords into the wrong field.
CREATE TABLE auth.logins (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES auth.users (id) ON DELETE CASCADE,
    session_id uuid REFERENCES auth.sessions (id) ON DELETE SET NULL,
    outcome text NOT NULL CHECK (outcome IN ('success', 'wrong_password', 'unknown_user', 'disabled')),
    user_agent text NOT NULL DEFAULT '',
    ip inet,
    city text,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX logins_user ON auth.logins (user_id, created_at DESC, id DESC);
