-- What says that the bytes we keep are those the client sent.

ALTER TABLE storage.versions
    ADD COLUMN etag text,
    ADD COLUMN proof text CHECK (proof IN ('sha256', 'etag', 'reading'));
COMMENT ON COLUMN storage.versions.etag IS
    'the ETag of the uploaded object when its upload was completed, if its server makes ETags of MD5s';
COMMENT ON COLUMN storage.versions.proof IS
    'what the SHA-256 goes back to: the client''s own, that ETag, or only a later reading';

-- Older hashes: what the client announced was compared with the bytes, the rest was only read.
UPDATE storage.versions SET proof = CASE WHEN declared_sha256 = sha256 THEN 'sha256' ELSE 'reading' END
WHERE sha256 IS NOT NULL;
-- Those were called verified by their size alone.
UPDATE storage.replicas SET verified_at = NULL
FROM storage.versions WHERE versions.id = replicas.version_id AND versions.sha256 IS NULL;
