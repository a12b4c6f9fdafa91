-- Hashes of the parts of large versions, so that what was downloaded in pieces can be proved by piece.

CREATE TABLE storage.part_hashes (
    owner_id   uuid NOT NULL,
    version_id uuid NOT NULL,
    part_size  bigint NOT NULL CHECK (part_size > 0),
    hashes     bytea NOT NULL CHECK (length(hashes) % 32 = 0),
    PRIMARY KEY (owner_id, version_id),
    CONSTRAINT part_hashes_version FOREIGN KEY (owner_id, version_id)
        REFERENCES storage.versions (owner_id, id)
);
COMMENT ON COLUMN storage.part_hashes.hashes IS 'the SHA-256 of each part, 32 bytes each, in order';
