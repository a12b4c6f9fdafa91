-- Grants: a file or a folder, with all below it, for another person by name.

CREATE TABLE storage.grants (
    owner_id   uuid NOT NULL,
    id         uuid NOT NULL DEFAULT storage.new_id(),
    user_id    uuid NOT NULL CHECK (user_id <> owner_id),
    file_id    uuid,
    folder_id  uuid,
    access     text NOT NULL CHECK (access IN ('read', 'write')),
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, id),
    FOREIGN KEY (owner_id, file_id) REFERENCES storage.files (owner_id, id),
    FOREIGN KEY (owner_id, folder_id) REFERENCES storage.folders (owner_id, id) ON DELETE CASCADE,
    CHECK (num_nonnulls(file_id, folder_id) = 1)
);
COMMENT ON COLUMN storage.grants.user_id IS 'whom it is shared with';
CREATE UNIQUE INDEX grants_of_file ON storage.grants (owner_id, file_id, user_id)
    WHERE file_id IS NOT NULL;
CREATE UNIQUE INDEX grants_of_folder ON storage.grants (owner_id, folder_id, user_id)
    WHERE folder_id IS NOT NULL;
-- Whose things somebody may see at all, and the list of what is shared with them.
CREATE INDEX grants_to ON storage.grants (user_id, owner_id);
CREATE INDEX grants_to_by_age ON storage.grants (user_id, id);

-- While an account is off, what its owner shared sleeps.
ALTER TABLE storage.erasures ADD COLUMN is_off boolean NOT NULL DEFAULT false;
UPDATE storage.erasures SET is_off = erase_at IS NOT NULL;
COMMENT ON COLUMN storage.erasures.is_off IS
    'nobody can sign in to the account, deleted or not: what it shared is not there meanwhile';
