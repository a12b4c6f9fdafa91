-- Cities come and go while people work.

-- Whose a bucket is: a marker object in it names this installation.
CREATE TABLE storage.installation (
    is_the_only_row boolean PRIMARY KEY DEFAULT true CHECK (is_the_only_row),
    id              uuid NOT NULL DEFAULT storage.new_id()
);
INSERT INTO storage.installation DEFAULT VALUES;

-- A removed server keeps its row, for versions say where they were uploaded; its name is free.
ALTER TABLE storage.servers ADD COLUMN removed_at timestamptz;
ALTER TABLE storage.servers DROP CONSTRAINT servers_name_key;
CREATE UNIQUE INDEX servers_name ON storage.servers (name) WHERE removed_at IS NULL;

CREATE TABLE storage.drains (
    id          uuid PRIMARY KEY DEFAULT storage.new_id(),
    server_id   uuid NOT NULL REFERENCES storage.servers (id),
    started_by  uuid NOT NULL,
    started_at  timestamptz NOT NULL DEFAULT now(),
    files_total bigint NOT NULL,
    bytes_total bigint NOT NULL,
    stopped_at  timestamptz,
    finished_at timestamptz,
    report      jsonb,
    CHECK (finished_at IS NULL OR report IS NOT NULL)
);
CREATE UNIQUE INDEX drains_running ON storage.drains (server_id)
    WHERE stopped_at IS NULL AND finished_at IS NULL;
CREATE INDEX drains_newest ON storage.drains (server_id, id);
