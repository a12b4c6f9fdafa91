-- File requests: whoever has the address may send files into a folder of somebody. As with links,
-- only the SHA-256 of the secret in the address is kept.

CREATE TABLE storage.drops (
    owner_id         uuid NOT NULL,
    id               uuid NOT NULL DEFAULT storage.new_id(),
    token_hash       bytea NOT NULL CHECK (length(token_hash) = 32),
    folder_id        uuid NOT NULL,
    title            text NOT NULL CHECK (length(title) BETWEEN 1 AND 100),
    message          text NOT NULL DEFAULT '' CHECK (length(message) <= 2000),
    password_hash    text,
    password_number  integer NOT NULL DEFAULT 0,
    max_files        bigint CHECK (max_files > 0),
    max_bytes        bigint CHECK (max_bytes > 0),
    files            bigint NOT NULL DEFAULT 0,
    bytes            bigint NOT NULL DEFAULT 0,
    wrong_passwords  integer NOT NULL DEFAULT 0,
    expires_at       timestamptz,
    revoked_at       timestamptz,
    last_received_at timestamptz,
    revision         integer NOT NULL DEFAULT 1,
    created_at       timestamptz NOT NULL DEFAULT now(),
    updated_at       timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, id)
);
COMMENT ON COLUMN storage.drops.files IS 'received, or on their way: what is given up is taken off';
COMMENT ON COLUMN storage.drops.password_number IS 'counts changes of the password: passes of an earlier one are void';
-- That no two are equal is sure without a constraint: a token holds 256 random bits.
CREATE INDEX drops_token ON storage.drops (token_hash) WHERE revoked_at IS NULL;
CREATE INDEX drops_live ON storage.drops (owner_id, id) WHERE revoked_at IS NULL;

CREATE TABLE storage.drop_files (
    owner_id    uuid NOT NULL,
    version_id  uuid NOT NULL,
    drop_id     uuid NOT NULL,
    name        text NOT NULL,
    sender      text NOT NULL DEFAULT '' CHECK (length(sender) <= 100),
    received_at timestamptz,
    PRIMARY KEY (owner_id, version_id),
    FOREIGN KEY (owner_id, drop_id) REFERENCES storage.drops (owner_id, id)
);
COMMENT ON COLUMN storage.drop_files.name IS 'as its sender calls it; in the folder it may have a number';
CREATE INDEX drop_files_of_drop ON storage.drop_files (owner_id, drop_id);

-- An upload ends in one of many places, and whichever it is, its request hears of it: its owner is
-- told of what has come, and what was given up makes room.
CREATE FUNCTION storage.end_drop_file() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    of_drop uuid;
BEGIN
    IF NEW.state = 'STORED' THEN
        UPDATE storage.drop_files SET received_at = now()
        WHERE owner_id = NEW.owner_id AND version_id = NEW.id RETURNING drop_id INTO of_drop;
        UPDATE storage.drops SET last_received_at = now()
        WHERE owner_id = NEW.owner_id AND id = of_drop;
        INSERT INTO storage.outbox (event) SELECT jsonb_build_object(
            'type', 'DROP.RECEIVED', 'v', '1', 'id', storage.new_id(), 'owner_id', NEW.owner_id,
            'drop_id', of_drop, 'file_id', NEW.file_id, 'version_id', NEW.id)
        WHERE of_drop IS NOT NULL;
    ELSE
        DELETE FROM storage.drop_files
        WHERE owner_id = NEW.owner_id AND version_id = NEW.id RETURNING drop_id INTO of_drop;
        UPDATE storage.drops SET files = files - 1, bytes = bytes - NEW.size
        WHERE owner_id = NEW.owner_id AND id = of_drop;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER end_drop_file AFTER UPDATE ON storage.versions
    FOR EACH ROW WHEN (OLD.state = 'PENDING' AND NEW.state <> 'PENDING' AND OLD.created_by IS NULL)
    EXECUTE FUNCTION storage.end_drop_file();
