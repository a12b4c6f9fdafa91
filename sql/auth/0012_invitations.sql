-- Links by which somebody makes an account, once. Only SHA-256 of the token is stored.

CREATE TABLE auth.invitations (
    id         uuid PRIMARY KEY,
    token_hash bytea NOT NULL UNIQUE CHECK (length(token_hash) = 32),
    email      text CHECK (length(email) BETWEEN 3 AND 254),
    role_ids   uuid[] NOT NULL DEFAULT '{}',
    created_by uuid,
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    used_by    uuid,
    used_at    timestamptz,
    CHECK ((used_at IS NULL) = (used_by IS NULL))
);
COMMENT ON COLUMN auth.invitations.email IS 'null: whoever has the link may use any address';
COMMENT ON COLUMN auth.invitations.role_ids IS 'given beside member; those deleted meanwhile are left out';
CREATE INDEX invitations_newest ON auth.invitations (created_at DESC, id DESC);
