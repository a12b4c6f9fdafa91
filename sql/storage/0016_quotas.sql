-- How much people store, and how much they may. It is counted by triggers, in the transaction that
-- changes what is counted, so no way of storing, giving up or deleting can be forgotten; and as
-- everybody has one row, uploads of one person take turns for the moment of a reservation.

CREATE TABLE storage.quotas (
    owner_id   uuid PRIMARY KEY,
    max_files  bigint CHECK (max_files >= 0),
    max_bytes  bigint CHECK (max_bytes >= 0),
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE storage.quotas IS
    'the row of zeros is for all who have none of their own; null: as much as they like';
INSERT INTO storage.quotas (owner_id) VALUES ('00000000-0000-0000-0000-000000000000');

CREATE TABLE storage.usage (
    owner_id       uuid PRIMARY KEY,
    files          bigint NOT NULL DEFAULT 0,
    bytes          bigint NOT NULL DEFAULT 0,
    reserved_bytes bigint NOT NULL DEFAULT 0
) WITH (fillfactor = 50);
COMMENT ON COLUMN storage.usage.bytes IS 'of stored versions, old ones and those in the trash, too';
COMMENT ON COLUMN storage.usage.reserved_bytes IS 'of uploads that have not ended';

INSERT INTO storage.usage (owner_id, files, bytes, reserved_bytes)
SELECT owner_id, sum(files), sum(bytes), sum(reserved) FROM (
    SELECT owner_id, count(*) AS files, 0 AS bytes, 0 AS reserved
    FROM storage.files WHERE deleted_at IS NULL GROUP BY owner_id
    UNION ALL
    SELECT owner_id, 0, COALESCE(sum(size) FILTER (WHERE state = 'STORED'), 0),
        COALESCE(sum(size) FILTER (WHERE state = 'PENDING'), 0)
    FROM storage.versions GROUP BY owner_id
) AS counted GROUP BY owner_id;

CREATE FUNCTION storage.count_usage(
    owner uuid, more_files bigint, more_bytes bigint, more_reserved bigint
) RETURNS void LANGUAGE plpgsql AS $$
DECLARE
    used storage.usage;
    quota storage.quotas;
BEGIN
    INSERT INTO storage.usage (owner_id, files, bytes, reserved_bytes)
    VALUES (owner, more_files, more_bytes, more_reserved)
    ON CONFLICT (owner_id) DO UPDATE SET files = usage.files + more_files,
        bytes = usage.bytes + more_bytes, reserved_bytes = usage.reserved_bytes + more_reserved
    RETURNING * INTO used;
    SELECT * INTO quota FROM storage.quotas
    WHERE owner_id IN (owner, '00000000-0000-0000-0000-000000000000')
    ORDER BY owner_id DESC LIMIT 1;
    IF more_files > 0 AND used.files > quota.max_files THEN
        RAISE configuration_limit_exceeded USING DETAIL = json_build_object(
            'max_files', quota.max_files, 'used_files', used.files - more_files);
    ELSIF more_bytes + more_reserved > 0 AND used.bytes + used.reserved_bytes > quota.max_bytes THEN
        RAISE configuration_limit_exceeded USING DETAIL = json_build_object(
            'max_bytes', quota.max_bytes,
            'used_bytes', used.bytes + used.reserved_bytes - more_bytes - more_reserved);
    END IF;
END
$$;

CREATE FUNCTION storage.count_new_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.count_usage(owner_id, count(*), 0, 0)
    FROM added WHERE deleted_at IS NULL GROUP BY owner_id;
    RETURN NULL;
END
$$;
CREATE FUNCTION storage.count_changed_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.count_usage(owner_id, sum(files), 0, 0) FROM (
        SELECT owner_id, 1 AS files FROM after WHERE deleted_at IS NULL
        UNION ALL
        SELECT owner_id, -1 FROM before WHERE deleted_at IS NULL
    ) AS counted GROUP BY owner_id HAVING sum(files) <> 0;
    RETURN NULL;
END
$$;
CREATE FUNCTION storage.count_new_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.count_usage(owner_id, 0,
        COALESCE(sum(size) FILTER (WHERE state = 'STORED'), 0)::bigint,
        COALESCE(sum(size) FILTER (WHERE state = 'PENDING'), 0)::bigint)
    FROM added GROUP BY owner_id;
    RETURN NULL;
END
$$;
CREATE FUNCTION storage.count_changed_versions() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.count_usage(owner_id, 0, sum(bytes)::bigint, sum(reserved)::bigint) FROM (
        SELECT owner_id, CASE state WHEN 'STORED' THEN size ELSE 0 END AS bytes,
            CASE state WHEN 'PENDING' THEN size ELSE 0 END AS reserved FROM after
        UNION ALL
        SELECT owner_id, CASE state WHEN 'STORED' THEN -size ELSE 0 END,
            CASE state WHEN 'PENDING' THEN -size ELSE 0 END FROM before
    ) AS counted GROUP BY owner_id HAVING sum(bytes) <> 0 OR sum(reserved) <> 0;
    RETURN NULL;
END
$$;

CREATE TRIGGER count_new AFTER INSERT ON storage.files
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION storage.count_new_files();
CREATE TRIGGER count_changed AFTER UPDATE ON storage.files
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION storage.count_changed_files();
CREATE TRIGGER count_new AFTER INSERT ON storage.versions
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION storage.count_new_versions();
CREATE TRIGGER count_changed AFTER UPDATE ON storage.versions
    REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION storage.count_changed_versions();
