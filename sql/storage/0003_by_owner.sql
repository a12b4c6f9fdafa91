-- Whatever belongs to a person carries owner_id, and every key among such tables begins with it: so
-- they can be spread by owner. New ids are UUIDv7. History is kept by month.

-- The least id of a moment: what was made since then is not below it.
CREATE FUNCTION storage.first_id(made_at timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT (lpad(to_hex(micros / 1000), 12, '0')
        || '7' || lpad(to_hex(micros % 1000 * 4096 / 1000), 3, '0') || '8000000000000000')::uuid
    FROM (SELECT (extract(epoch FROM made_at) * 1000000)::bigint AS micros) AS moment
$$;

-- PostgreSQL has uuidv7() only from 18 on. As there, the time is kept to the microsecond (RFC 9562,
-- 6.2, method 3), so ids sort by it.
CREATE FUNCTION storage.new_id(made_at timestamptz DEFAULT clock_timestamp()) RETURNS uuid
LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
    SELECT (left(storage.first_id(made_at)::text, 18)
        || right(gen_random_uuid()::text, 18))::uuid
$$;

ALTER TABLE storage.servers ALTER COLUMN id SET DEFAULT storage.new_id();

-- Files, versions and replicas

ALTER TABLE storage.versions ADD COLUMN owner_id uuid;
UPDATE storage.versions SET owner_id = files.owner_id
FROM storage.files WHERE files.id = versions.file_id;
ALTER TABLE storage.replicas ADD COLUMN owner_id uuid;
UPDATE storage.replicas SET owner_id = versions.owner_id
FROM storage.versions WHERE versions.id = replicas.version_id;
ALTER TABLE storage.dead_letters ADD COLUMN owner_id uuid;
UPDATE storage.dead_letters SET owner_id = versions.owner_id
FROM storage.versions WHERE versions.id = dead_letters.version_id;

ALTER TABLE storage.files DROP CONSTRAINT files_current_version;
ALTER TABLE storage.replicas DROP CONSTRAINT replicas_version_id_fkey,
    DROP CONSTRAINT replicas_pkey;
ALTER TABLE storage.dead_letters DROP CONSTRAINT dead_letters_version_id_fkey,
    DROP CONSTRAINT dead_letters_version_id_server_id_key,
    DROP CONSTRAINT dead_letters_pkey;
ALTER TABLE storage.versions DROP CONSTRAINT versions_file_id_fkey,
    DROP CONSTRAINT versions_file_id_number_key,
    DROP CONSTRAINT versions_key_key,
    DROP CONSTRAINT versions_pkey;
DROP INDEX storage.versions_upload_key;
ALTER TABLE storage.files DROP CONSTRAINT files_pkey;

ALTER TABLE storage.files ALTER COLUMN id SET DEFAULT storage.new_id(),
    ADD PRIMARY KEY (owner_id, id);
ALTER TABLE storage.versions ALTER COLUMN owner_id SET NOT NULL,
    ALTER COLUMN id SET DEFAULT storage.new_id(),
    ALTER COLUMN created_by DROP NOT NULL,
    ADD PRIMARY KEY (owner_id, id),
    ADD UNIQUE (owner_id, file_id, number),
    ADD CONSTRAINT versions_file FOREIGN KEY (owner_id, file_id)
        REFERENCES storage.files (owner_id, id);
COMMENT ON COLUMN storage.versions.created_by IS 'who uploaded it; null: somebody without an account';
ALTER TABLE storage.files ADD CONSTRAINT files_current_version
    FOREIGN KEY (owner_id, current_version_id) REFERENCES storage.versions (owner_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE storage.replicas ALTER COLUMN owner_id SET NOT NULL,
    ADD PRIMARY KEY (owner_id, version_id, server_id),
    ADD CONSTRAINT replicas_version FOREIGN KEY (owner_id, version_id)
        REFERENCES storage.versions (owner_id, id);
ALTER TABLE storage.dead_letters ALTER COLUMN owner_id SET NOT NULL,
    ALTER COLUMN id SET DEFAULT storage.new_id(),
    ADD PRIMARY KEY (owner_id, id),
    ADD UNIQUE (owner_id, version_id, server_id),
    ADD CONSTRAINT dead_letters_version FOREIGN KEY (owner_id, version_id)
        REFERENCES storage.versions (owner_id, id);

-- A server speaks of keys only. That no two are equal is sure without a constraint: they hold 128
-- random bits.
CREATE INDEX versions_key ON storage.versions (key);
CREATE INDEX versions_upload_key ON storage.versions (upload_key) WHERE upload_key IS NOT NULL;

-- History: a partition a month. The id says when, so it is the cursor, and since and until are
-- bounds of it.

ALTER TABLE storage.actions RENAME TO actions_before;
ALTER INDEX storage.actions_pkey RENAME TO actions_before_pkey;
DROP INDEX storage.actions_newest;
CREATE TABLE storage.actions (
    id         uuid NOT NULL DEFAULT storage.new_id(),
    owner_id   uuid NOT NULL,
    user_id    uuid,
    event      text NOT NULL CHECK (event ~ '^[A-Z]+\.[A-Z]+$'),
    object_id  uuid,
    data       jsonb NOT NULL DEFAULT '{}',
    ip         inet,
    place      text,
    server     text,
    link_id    uuid,
    created_at timestamptz NOT NULL DEFAULT clock_timestamp(),
    PRIMARY KEY (owner_id, id)
) PARTITION BY RANGE (id);
COMMENT ON COLUMN storage.actions.owner_id IS 'whose things it was done to: the history it is part of';
COMMENT ON COLUMN storage.actions.user_id IS 'who did it; null: somebody without an account';
COMMENT ON COLUMN storage.actions.place IS 'the city the client was taken to be in';
COMMENT ON COLUMN storage.actions.server IS 'the name of the S3 server that was chosen';

CREATE INDEX actions_all ON storage.actions (id);
CREATE INDEX actions_of_object ON storage.actions (owner_id, object_id, id);
CREATE INDEX actions_of_guests ON storage.actions (user_id, id) WHERE user_id <> owner_id;

-- Should nobody make the next months in time, nothing is lost.
CREATE TABLE storage.actions_other PARTITION OF storage.actions DEFAULT;

CREATE FUNCTION storage.make_action_month(month timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    name text := to_char(month, '"actions_"YYYY_MM');
    first uuid := storage.first_id(month);
    after uuid := storage.first_id(month + interval '1 month');
BEGIN
    IF to_regclass('storage.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE storage.%I
        (LIKE storage.actions INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('WITH moved AS (
            DELETE FROM storage.actions_other WHERE id >= $1 AND id < $2 RETURNING *)
        INSERT INTO storage.%I SELECT * FROM moved', name) USING first, after;
    EXECUTE format('ALTER TABLE storage.actions ATTACH PARTITION storage.%I
        FOR VALUES FROM (%L) TO (%L)', name, first, after);
END
$$;

-- Make the partitions of this month and the months ahead; drop those of which nothing is younger
-- than keep_months (0: keep all). The roles of the services own no table, so they may only call it.
CREATE FUNCTION storage.keep_action_months(months_ahead integer, keep_months integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    month timestamptz := date_trunc('month', now());
    dropped text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('storage.keep_action_months'));
    FOR ahead IN 0..months_ahead LOOP
        PERFORM storage.make_action_month(month + make_interval(months => ahead));
    END LOOP;
    IF keep_months > 0 THEN
        FOR dropped IN
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'storage.actions'::regclass AND relname ~ '^actions_\d{4}_\d{2}$'
                AND relname < to_char(
                    month - make_interval(months => keep_months), '"actions_"YYYY_MM')
        LOOP
            EXECUTE format('DROP TABLE storage.%I', dropped);
        END LOOP;
    END IF;
END
$$;

REVOKE EXECUTE ON FUNCTION storage.make_action_month FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION storage.keep_action_months FROM PUBLIC;

DO $$
DECLARE
    month timestamptz;
BEGIN
    FOR month IN SELECT DISTINCT date_trunc('month', created_at, 'UTC') FROM storage.actions_before
    LOOP
        PERFORM storage.make_action_month(month);
    END LOOP;
    PERFORM storage.keep_action_months(3, 0);
END
$$;

INSERT INTO storage.actions (id, owner_id, user_id, event, object_id, data, ip, server, created_at)
SELECT storage.new_id(created_at), user_id, user_id, event, object_id, data - 'server', ip,
    data ->> 'server', created_at
FROM storage.actions_before ORDER BY id;
DROP TABLE storage.actions_before;
