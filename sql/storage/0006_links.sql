-- Links: a file or a folder for whoever has the address. Only the SHA-256 of its secret is kept.

CREATE TABLE storage.links (
    owner_id        uuid NOT NULL,
    id              uuid NOT NULL DEFAULT storage.new_id(),
    token_hash      bytea NOT NULL CHECK (length(token_hash) = 32),
    file_id         uuid,
    folder_id       uuid,
    version         integer,
    name            text NOT NULL DEFAULT '' CHECK (length(name) <= 100),
    password_hash   text,
    password_number integer NOT NULL DEFAULT 0,
    max_downloads   integer CHECK (max_downloads > 0),
    downloads       integer NOT NULL DEFAULT 0,
    wrong_passwords integer NOT NULL DEFAULT 0,
    expires_at      timestamptz,
    revoked_at      timestamptz,
    last_opened_at  timestamptz,
    revision        integer NOT NULL DEFAULT 1,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, id),
    FOREIGN KEY (owner_id, file_id) REFERENCES storage.files (owner_id, id),
    CHECK (num_nonnulls(file_id, folder_id) = 1),
    CHECK (version IS NULL OR file_id IS NOT NULL)
);
COMMENT ON COLUMN storage.links.version IS 'the number of the version it is pinned to; null: the current one';
COMMENT ON COLUMN storage.links.password_number IS 'counts changes of the password: passes of an earlier one are void';
COMMENT ON COLUMN storage.links.wrong_passwords IS 'since the link was made: its owner sees that somebody guesses';
-- That no two are equal is sure without a constraint: a token holds 256 random bits.
CREATE INDEX links_token ON storage.links (token_hash) WHERE revoked_at IS NULL;
CREATE INDEX links_live ON storage.links (owner_id, id) WHERE revoked_at IS NULL;
CREATE INDEX links_of_file ON storage.links (owner_id, file_id, id) WHERE revoked_at IS NULL;
CREATE INDEX links_of_folder ON storage.links (owner_id, folder_id, id) WHERE revoked_at IS NULL;

-- What administrators allow; one row.
CREATE TABLE storage.link_settings (
    is_the_only_row          boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
    public                   boolean NOT NULL DEFAULT true,
    longest_lifetime_seconds bigint CHECK (longest_lifetime_seconds > 0),
    password_required        boolean NOT NULL DEFAULT false
);
INSERT INTO storage.link_settings DEFAULT VALUES;
