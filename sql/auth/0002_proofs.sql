-- Sessions that do not hang on a password, and when their owner last showed who he is.

-- Counts every change of what somebody signs in with or may sign in: a sign-in that began before
-- such a change opens no session.
ALTER TABLE auth.users ADD COLUMN credentials_version integer NOT NULL DEFAULT 1;

-- method: `password`, `passkey`, or the name of a provider.
ALTER TABLE auth.sessions
    ADD COLUMN method text NOT NULL DEFAULT 'password' CHECK (length(method) BETWEEN 1 AND 64),
    ADD COLUMN proved_at timestamptz;
UPDATE auth.sessions SET proved_at = created_at;
ALTER TABLE auth.sessions
    ALTER COLUMN proved_at SET NOT NULL, ALTER COLUMN proved_at SET DEFAULT now();

-- The service knows the outcomes; ways to sign in bring their own.
ALTER TABLE auth.logins DROP CONSTRAINT logins_outcome_check,
    ADD CONSTRAINT logins_outcome_check CHECK (outcome ~ '^[a-z_]{1,32}$');
