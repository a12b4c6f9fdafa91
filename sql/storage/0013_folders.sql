-- Folders are rows: a file knows its folder, a folder its parent, and a path is put together from
-- them. What lists are sorted by is kept beside each name.

CREATE TABLE storage.folders (
    id           uuid NOT NULL DEFAULT storage.new_id(),
    owner_id     uuid NOT NULL,
    parent_id    uuid,
    name         text NOT NULL,
    name_key     text COLLATE "C" NOT NULL,
    sort_version smallint NOT NULL DEFAULT 0,
    revision     integer NOT NULL DEFAULT 1,
    created_at   timestamptz NOT NULL DEFAULT now(),
    updated_at   timestamptz NOT NULL DEFAULT now(),
    trashed_at   timestamptz,
    deleted_at   timestamptz,
    PRIMARY KEY (owner_id, id),
    CONSTRAINT folders_parent FOREIGN KEY (owner_id, parent_id)
        REFERENCES storage.folders (owner_id, id),
    CHECK (parent_id <> id)
);
COMMENT ON COLUMN storage.folders.parent_id IS 'null: the top';
COMMENT ON COLUMN storage.folders.name_key IS
    'what names are sorted by: letters alike in any case, numbers by their value';
COMMENT ON COLUMN storage.folders.sort_version IS
    'the rules that made name_key; rows of older ones are brought up to date';
COMMENT ON COLUMN storage.folders.trashed_at IS 'with it, all that is below is in the trash';
COMMENT ON COLUMN storage.folders.deleted_at IS
    'gone for people with all that is below; the row goes when that is erased';

ALTER TABLE storage.files
    ADD COLUMN folder_id uuid,
    ADD COLUMN name_key text COLLATE "C",
    ADD COLUMN name_fold text COLLATE "C",
    ADD COLUMN sort_version smallint NOT NULL DEFAULT 0,
    ADD COLUMN size bigint;
COMMENT ON COLUMN storage.files.folder_id IS 'null: the top';
COMMENT ON COLUMN storage.files.name_fold IS 'what searches look in';
COMMENT ON COLUMN storage.files.size IS 'bytes of the current version';

-- Every path of today, with those above it, becomes a row.
CREATE TEMPORARY TABLE paths ON COMMIT DROP AS
SELECT DISTINCT ON (owner_id, path)
    owner_id, path, parts[depth] AS name, storage.new_id() AS id,
    CASE WHEN depth > 1 THEN array_to_string(parts[:depth - 1], '/') END AS parent
FROM (SELECT DISTINCT owner_id, folder FROM storage.files WHERE folder <> '/') AS known,
    LATERAL string_to_array(substr(folder, 2), '/') AS parts,
    LATERAL generate_series(1, cardinality(parts)) AS depth,
    LATERAL array_to_string(parts[:depth], '/') AS path;
INSERT INTO storage.folders (owner_id, id, parent_id, name, name_key)
SELECT paths.owner_id, paths.id, parents.id, paths.name, lower(paths.name)
FROM paths LEFT JOIN paths AS parents
    ON parents.owner_id = paths.owner_id AND parents.path = paths.parent;

-- The rough keys of this migration are mended by the service: it knows Unicode better.
UPDATE storage.files
SET folder_id = CASE WHEN deleted_at IS NULL THEN (SELECT id FROM paths
        WHERE paths.owner_id = files.owner_id AND paths.path = substr(files.folder, 2)) END,
    name_key = lower(name), name_fold = lower(name),
    size = (SELECT size FROM storage.versions
        WHERE versions.owner_id = files.owner_id AND versions.id = files.current_version_id);

-- A file may have been called like a folder beside it, which now is refused: it gets a number.
DO $$
DECLARE
    taken record;
    number integer;
BEGIN
    FOR taken IN
        SELECT files.owner_id, files.id, files.folder_id, files.name FROM storage.files
        JOIN storage.folders ON folders.owner_id = files.owner_id AND folders.name = files.name
            AND folders.parent_id IS NOT DISTINCT FROM files.folder_id
        WHERE files.deleted_at IS NULL AND files.trashed_at IS NULL
    LOOP
        number := 2;
        WHILE EXISTS (SELECT FROM storage.files AS other WHERE other.owner_id = taken.owner_id
                AND other.folder_id IS NOT DISTINCT FROM taken.folder_id
                AND other.name = format('%s (%s)', taken.name, number))
            OR EXISTS (SELECT FROM storage.folders AS other WHERE other.owner_id = taken.owner_id
                AND other.parent_id IS NOT DISTINCT FROM taken.folder_id
                AND other.name = format('%s (%s)', taken.name, number))
        LOOP
            number := number + 1;
        END LOOP;
        UPDATE storage.files SET name = format('%s (%s)', taken.name, number),
            name_key = lower(format('%s (%s)', taken.name, number)),
            name_fold = lower(format('%s (%s)', taken.name, number))
        WHERE owner_id = taken.owner_id AND id = taken.id;
    END LOOP;
END
$$;

-- What was deferred for these rows is checked now: their table is changed next.
SET CONSTRAINTS ALL IMMEDIATE;
DROP INDEX storage.files_one_name;
DROP INDEX storage.files_newest;
ALTER TABLE storage.files
    DROP COLUMN folder,
    ALTER COLUMN name_key SET NOT NULL,
    ALTER COLUMN name_fold SET NOT NULL,
    ALTER COLUMN size SET NOT NULL,
    ADD CONSTRAINT files_folder FOREIGN KEY (owner_id, folder_id)
        REFERENCES storage.folders (owner_id, id);

-- One name among siblings, files and folders alike. Each table has its index; what is in the other
-- is looked up under a lock of the name, by a statement of its own, which sees what was committed
-- while it waited.
CREATE UNIQUE INDEX files_one_name ON storage.files (owner_id, folder_id, name)
    NULLS NOT DISTINCT WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE UNIQUE INDEX folders_one_name ON storage.folders (owner_id, parent_id, name)
    NULLS NOT DISTINCT WHERE deleted_at IS NULL AND trashed_at IS NULL;

CREATE FUNCTION storage.lock_name(owner_id uuid, parent_id uuid, name text) RETURNS void
LANGUAGE sql AS $$
    SELECT pg_advisory_xact_lock(
        hashtextextended(concat(owner_id, '/', parent_id, '/', name), 0))
$$;

CREATE FUNCTION storage.keep_off_folders() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.lock_name(NEW.owner_id, NEW.folder_id, NEW.name);
    IF EXISTS (SELECT FROM storage.folders WHERE owner_id = NEW.owner_id
        AND parent_id IS NOT DISTINCT FROM NEW.folder_id AND name = NEW.name
        AND deleted_at IS NULL AND trashed_at IS NULL)
    THEN
        RAISE unique_violation USING MESSAGE = 'a folder has this name', TABLE = 'folders';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_off_folders
    BEFORE INSERT OR UPDATE OF folder_id, name, trashed_at ON storage.files
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND NEW.trashed_at IS NULL)
    EXECUTE FUNCTION storage.keep_off_folders();

CREATE FUNCTION storage.keep_off_files() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.lock_name(NEW.owner_id, NEW.parent_id, NEW.name);
    IF EXISTS (SELECT FROM storage.files WHERE owner_id = NEW.owner_id
        AND folder_id IS NOT DISTINCT FROM NEW.parent_id AND name = NEW.name
        AND deleted_at IS NULL AND trashed_at IS NULL)
    THEN
        RAISE unique_violation USING MESSAGE = 'a file has this name', TABLE = 'files';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER keep_off_files
    BEFORE INSERT OR UPDATE OF parent_id, name, trashed_at ON storage.folders
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND NEW.trashed_at IS NULL)
    EXECUTE FUNCTION storage.keep_off_files();

-- Lists: an index for every order that is offered, of all files and of one folder.
CREATE INDEX files_by_name ON storage.files (owner_id, name_key, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_by_size ON storage.files (owner_id, size, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_by_created ON storage.files (owner_id, created_at, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_by_updated ON storage.files (owner_id, updated_at, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_in_folder_by_name ON storage.files (owner_id, folder_id, name_key, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_in_folder_by_size ON storage.files (owner_id, folder_id, size, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_in_folder_by_created ON storage.files (owner_id, folder_id, created_at, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_in_folder_by_updated ON storage.files (owner_id, folder_id, updated_at, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX files_in_trash ON storage.files (owner_id, created_at, id)
    WHERE deleted_at IS NULL AND trashed_at IS NOT NULL;
CREATE INDEX files_of_folder ON storage.files (owner_id, folder_id) WHERE folder_id IS NOT NULL;
CREATE INDEX files_trashed ON storage.files (trashed_at)
    WHERE deleted_at IS NULL AND trashed_at IS NOT NULL;
CREATE INDEX files_of_old_sort ON storage.files (owner_id) WHERE sort_version < 1;
CREATE INDEX folders_by_name ON storage.folders (owner_id, parent_id, name_key, id)
    WHERE deleted_at IS NULL AND trashed_at IS NULL;
CREATE INDEX folders_of_parent ON storage.folders (owner_id, parent_id);
CREATE INDEX folders_hidden ON storage.folders (owner_id)
    WHERE deleted_at IS NOT NULL OR trashed_at IS NOT NULL;
CREATE INDEX folders_trashed ON storage.folders (trashed_at) WHERE trashed_at IS NOT NULL;
CREATE INDEX folders_deleted ON storage.folders (deleted_at) WHERE deleted_at IS NOT NULL;
CREATE INDEX folders_of_old_sort ON storage.folders (owner_id) WHERE sort_version < 1;
CREATE INDEX versions_unfinished ON storage.versions (created_by, created_at, id)
    WHERE state = 'PENDING';
