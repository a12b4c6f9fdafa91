-- Second factors beside a password: one-time codes of an app (TOTP, RFC 6238) and recovery codes.

-- secret is encrypted by the service. The factor counts once it is confirmed. last_step is the time
-- step of the last code that was used: a code works once.
CREATE TABLE auth.totp (
    user_id uuid PRIMARY KEY REFERENCES auth.users (id) ON DELETE CASCADE,
    secret bytea NOT NULL,
    last_step bigint NOT NULL DEFAULT 0,
    created_at timestamptz NOT NULL DEFAULT now(),
    confirmed_at timestamptz
);

-- Only SHA-256 of a code is stored.
CREATE TABLE auth.recovery_codes (
    user_id uuid NOT NULL REFERENCES auth.users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL CHECK (length(code_hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (user_id, code_hash)
);
