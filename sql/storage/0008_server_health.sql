-- How the servers are doing, for all processes alike: one of them asks, all of them read it here.

ALTER TABLE storage.servers
    ADD COLUMN is_draining boolean NOT NULL DEFAULT false,
    ADD COLUMN health text NOT NULL DEFAULT 'online' CHECK (health IN ('online', 'slow', 'offline')),
    ADD COLUMN takes_writes boolean NOT NULL DEFAULT true,
    ADD COLUMN health_since timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN storage.servers.is_draining IS 'true: still read, while its copies go elsewhere';
COMMENT ON COLUMN storage.servers.health IS 'whether it answers, as the prober saw it last';
COMMENT ON COLUMN storage.servers.takes_writes IS
    'false: it answers but refuses to write, as with a full or read-only disk';

CREATE TABLE storage.refused_writes (
    server_id   uuid NOT NULL REFERENCES storage.servers (id) ON DELETE CASCADE,
    reported_by uuid NOT NULL,
    size        bigint NOT NULL,
    reported_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (server_id, reported_by)
);
COMMENT ON TABLE storage.refused_writes IS
    'who could not write to a server lately; the prober looks into it and forgets it';
COMMENT ON COLUMN storage.refused_writes.reported_by IS 'a person, or the nil UUID for our own copies';

-- A copy that failed too often is told of in a dead letter, and tried again all the same.
DROP INDEX storage.replicas_due;
CREATE INDEX replicas_due ON storage.replicas (next_attempt_at)
    WHERE state IN ('WANTED', 'FAILED', 'ERASING') AND next_attempt_at IS NOT NULL;
UPDATE storage.replicas SET next_attempt_at = now() WHERE state = 'FAILED';
