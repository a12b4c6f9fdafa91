-- Uploads that arrive in parts.

ALTER TABLE storage.versions
    ADD COLUMN part_size bigint CHECK (part_size > 0),
    ADD COLUMN multipart_id text;
COMMENT ON COLUMN storage.versions.part_size IS
    'how long each part of the upload but the last is; null when it comes in one piece';
COMMENT ON COLUMN storage.versions.multipart_id IS
    'what the S3 server calls the multipart upload; written before the first part is signed';
