-- What exists and where it is. States only ever move forward; see docs/architecture.md.

CREATE SCHEMA IF NOT EXISTS storage;

CREATE TABLE storage.servers (
    id                   uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name                 text NOT NULL UNIQUE CHECK (name ~ '^[a-z0-9][a-z0-9-]{0,62}$'),
    endpoint             text NOT NULL,
    public_endpoint      text NOT NULL,
    region               text NOT NULL DEFAULT 'us-east-1',
    bucket               text NOT NULL,
    access_key           text NOT NULL,
    secret_key_encrypted bytea NOT NULL,
    hook_secret_hash     bytea NOT NULL,
    city                 text NOT NULL,
    zone                 text NOT NULL,
    latitude             double precision NOT NULL CHECK (latitude BETWEEN -90 AND 90),
    longitude            double precision NOT NULL CHECK (longitude BETWEEN -180 AND 180),
    is_on                boolean NOT NULL DEFAULT true,
    is_active            boolean NOT NULL DEFAULT true,
    capabilities         jsonb NOT NULL DEFAULT '{}',
    created_at           timestamptz NOT NULL DEFAULT now(),
    updated_at           timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN storage.servers.is_on IS 'false: switched off by the operator, neither read nor written';
COMMENT ON COLUMN storage.servers.is_active IS 'false: still read, but takes no new uploads or copies';
COMMENT ON COLUMN storage.servers.hook_secret_hash IS 'SHA-256 of the bearer secret its webhook sends';

CREATE TABLE storage.files (
    id                 uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    owner_id           uuid NOT NULL,
    folder             text NOT NULL DEFAULT '/',
    name               text NOT NULL,
    current_version_id uuid NOT NULL,
    current_number     integer NOT NULL DEFAULT 0,
    versions_made      integer NOT NULL DEFAULT 1,
    revision           integer NOT NULL DEFAULT 1,
    created_at         timestamptz NOT NULL DEFAULT now(),
    updated_at         timestamptz NOT NULL DEFAULT now(),
    trashed_at         timestamptz,
    deleted_at         timestamptz
);
COMMENT ON COLUMN storage.files.current_version_id IS 'the newest STORED version; before there is one, the newest that may become it';
COMMENT ON COLUMN storage.files.current_number IS
    'the number of the newest STORED version, 0 before there is one: parallel uploads compare here';
CREATE UNIQUE INDEX files_one_name ON storage.files (owner_id, folder, name)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_newest ON storage.files (owner_id, created_at DESC, id DESC)
    WHERE deleted_at IS NULL;

CREATE TABLE storage.versions (
    id                uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    file_id           uuid NOT NULL REFERENCES storage.files (id),
    number            integer NOT NULL,
    key               text NOT NULL UNIQUE,
    size              bigint NOT NULL CHECK (size >= 0),
    content_type      text NOT NULL,
    declared_sha256   bytea CHECK (length(declared_sha256) = 32),
    sha256            bytea CHECK (length(sha256) = 32),
    state             text NOT NULL DEFAULT 'PENDING'
                      CHECK (state IN ('PENDING', 'STORED', 'DELETING', 'GONE')),
    created_by        uuid NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    stored_at         timestamptz,
    upload_server_id  uuid NOT NULL REFERENCES storage.servers (id),
    upload_key        text,
    upload_expires_at timestamptz NOT NULL,
    settle_until      timestamptz,
    next_check_at     timestamptz,
    UNIQUE (file_id, number)
);
COMMENT ON COLUMN storage.versions.upload_key IS
    'the key a client may still PUT to; null once that URL is dead and its leftovers are erased';
COMMENT ON COLUMN storage.versions.settle_until IS
    'lease of the one who is making the uploaded object a STORED version';
COMMENT ON COLUMN storage.versions.next_check_at IS
    'when the sweep looks for the upload, or for what is left of it; null: never again';
ALTER TABLE storage.files ADD CONSTRAINT files_current_version
    FOREIGN KEY (current_version_id) REFERENCES storage.versions (id) DEFERRABLE INITIALLY DEFERRED;
CREATE INDEX versions_due ON storage.versions (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX versions_deleting ON storage.versions (id) WHERE state = 'DELETING';
CREATE UNIQUE INDEX versions_upload_key ON storage.versions (upload_key) WHERE upload_key IS NOT NULL;

CREATE TABLE storage.replicas (
    version_id      uuid NOT NULL REFERENCES storage.versions (id),
    server_id       uuid NOT NULL REFERENCES storage.servers (id),
    state           text NOT NULL DEFAULT 'WANTED' CHECK (state IN
                    ('WANTED', 'COPYING', 'READY', 'SUSPECT', 'FAILED', 'ERASING', 'GONE')),
    lease_owner     text,
    lease_until     timestamptz,
    attempt         integer NOT NULL DEFAULT 0,
    failures        integer NOT NULL DEFAULT 0,
    next_attempt_at timestamptz,
    last_error      text,
    upload_id       text,
    verified_at     timestamptz,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (version_id, server_id)
);
COMMENT ON COLUMN storage.replicas.upload_id IS
    'the multipart upload of the running attempt, written before its first part';
COMMENT ON COLUMN storage.replicas.failures IS
    'attempts that failed although the servers answered: too many make a dead letter';
CREATE INDEX replicas_due ON storage.replicas (next_attempt_at)
    WHERE state IN ('WANTED', 'ERASING') AND next_attempt_at IS NOT NULL;
CREATE INDEX replicas_leased ON storage.replicas (lease_until) WHERE state = 'COPYING';
CREATE INDEX replicas_by_server ON storage.replicas (server_id, state);

CREATE TABLE storage.outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event        jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX outbox_waiting ON storage.outbox (id) WHERE published_at IS NULL;

CREATE TABLE storage.dead_letters (
    id         uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    version_id uuid NOT NULL REFERENCES storage.versions (id),
    server_id  uuid NOT NULL REFERENCES storage.servers (id),
    attempts   integer NOT NULL,
    error      text NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (version_id, server_id)
);

CREATE TABLE storage.actions (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    user_id    uuid NOT NULL,
    event      text NOT NULL,
    object_id  uuid,
    data       jsonb NOT NULL DEFAULT '{}',
    ip         inet,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX actions_newest ON storage.actions (user_id, id DESC);

CREATE TABLE storage.idempotency_keys (
    owner_id    uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    operation   text NOT NULL,
    fingerprint bytea NOT NULL,
    status      integer,
    answer      bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, operation, key)
);
CREATE INDEX idempotency_keys_age ON storage.idempotency_keys (created_at);
