-- A version that was made current again: the next number of its file, for bytes that are there. So
-- nothing is copied, and the bytes go when the last number that shows them does.

CREATE TABLE storage.restored_versions (
    owner_id      uuid NOT NULL,
    file_id       uuid NOT NULL,
    number        integer NOT NULL,
    version_id    uuid NOT NULL,
    restored_from integer NOT NULL,
    created_by    uuid,
    created_at    timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, file_id, number),
    FOREIGN KEY (owner_id, file_id) REFERENCES storage.files (owner_id, id),
    FOREIGN KEY (owner_id, version_id) REFERENCES storage.versions (owner_id, id)
);
