-- What storage knows of deleted accounts: whose files are to be erased, and when.

CREATE TABLE storage.erasures (
    owner_id  uuid PRIMARY KEY,
    version   bigint NOT NULL,
    erase_at  timestamptz,
    erased_at timestamptz
);
COMMENT ON COLUMN storage.erasures.version IS 'of the account: of two events the newer counts, in whatever order they come';
COMMENT ON COLUMN storage.erasures.erase_at IS 'null: the account was restored';
CREATE INDEX erasures_due ON storage.erasures (erase_at) WHERE erased_at IS NULL;
