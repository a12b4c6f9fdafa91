-- What is on the servers, compared with what the rows say.

-- Keys are compared and listed byte by byte, as S3 servers do.
ALTER TABLE storage.versions
    ALTER COLUMN key TYPE text COLLATE "C",
    ALTER COLUMN upload_key TYPE text COLLATE "C";

ALTER TABLE storage.jobs ADD COLUMN asked_at timestamptz;
COMMENT ON COLUMN storage.jobs.asked_at IS 'when somebody asked for a run; null once it has begun and ended';

CREATE TABLE storage.sweeps (
    id              uuid PRIMARY KEY DEFAULT storage.new_id(),
    server_id       uuid NOT NULL REFERENCES storage.servers (id),
    kind            text NOT NULL CHECK (kind IN ('inventory', 'scrub', 'orphans')),
    started_at      timestamptz NOT NULL DEFAULT now(),
    finished_at     timestamptz,
    seen            bigint NOT NULL DEFAULT 0,
    missing         bigint NOT NULL DEFAULT 0,
    changed         bigint NOT NULL DEFAULT 0,
    unknown         bigint NOT NULL DEFAULT 0,
    healed          bigint NOT NULL DEFAULT 0,
    stopped_because text
);
CREATE INDEX sweeps_newest ON storage.sweeps (server_id, kind, id);
COMMENT ON COLUMN storage.sweeps.unknown IS 'objects and unfinished uploads of ours that no row wants';
COMMENT ON COLUMN storage.sweeps.healed IS
    'copies that are made again from a good one; of orphans: what was erased';

CREATE TABLE storage.unknown_objects (
    id             uuid PRIMARY KEY DEFAULT storage.new_id(),
    server_id      uuid NOT NULL REFERENCES storage.servers (id),
    key            text COLLATE "C" NOT NULL,
    size           bigint NOT NULL,
    first_seen_at  timestamptz NOT NULL DEFAULT now(),
    last_seen_at   timestamptz NOT NULL DEFAULT now(),
    quarantined_at timestamptz,
    state          text NOT NULL DEFAULT 'seen'
                   CHECK (state IN ('seen', 'quarantined', 'erasing', 'restored')),
    UNIQUE (server_id, key)
);
COMMENT ON TABLE storage.unknown_objects IS
    'objects of ours that no row wants: seen, a day later quarantined, after weeks erased';
COMMENT ON COLUMN storage.unknown_objects.state IS
    'restored: somebody wants it after all, and nobody touches it any more';

-- What has been read to the end longest ago is read first.
CREATE INDEX replicas_verified ON storage.replicas (server_id, verified_at NULLS FIRST)
    WHERE state = 'READY';
