-- Which servers hold what, said as data: for all files, those below a folder, or one file.

CREATE TABLE storage.policies (
    owner_id   uuid NOT NULL,
    target_id  uuid NOT NULL,
    is_file    boolean NOT NULL DEFAULT false,
    rule       jsonb NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, target_id)
);
COMMENT ON TABLE storage.policies IS
    'the nearest counts: that of a file, of its folder, of a folder above, or the row of zeros';
INSERT INTO storage.policies (owner_id, target_id, rule) VALUES (
    '00000000-0000-0000-0000-000000000000', '00000000-0000-0000-0000-000000000000',
    '{"copies": "all", "one_per_zone": false, "zones": {"require": [], "forbid": []},
      "near_owner": false}');

-- The rule of a file, unless it is the one for all. Few people have any, and for the others this is
-- one look into an index.
CREATE FUNCTION storage.own_rule(owner uuid, file uuid, folder uuid) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found jsonb;
    place uuid := folder;
BEGIN
    IF NOT EXISTS (SELECT FROM storage.policies WHERE owner_id = owner) THEN
        RETURN NULL;
    END IF;
    SELECT rule INTO found FROM storage.policies WHERE owner_id = owner AND target_id = file;
    WHILE found IS NULL AND place IS NOT NULL LOOP
        SELECT policies.rule, folders.parent_id INTO found, place
        FROM storage.folders LEFT JOIN storage.policies
            ON policies.owner_id = folders.owner_id AND policies.target_id = folders.id
        WHERE folders.owner_id = owner AND folders.id = place;
    END LOOP;
    RETURN found;
END
$$;

-- The same for a name that something is to be uploaded under: there may be such a file.
CREATE FUNCTION storage.own_rule_of_name(owner uuid, folder uuid, name text) RETURNS jsonb
LANGUAGE plpgsql STABLE AS $$
DECLARE
    file uuid;
BEGIN
    IF NOT EXISTS (SELECT FROM storage.policies WHERE owner_id = owner) THEN
        RETURN NULL;
    END IF;
    IF folder IS NULL THEN
        SELECT id INTO file FROM storage.files
        WHERE files.owner_id = owner AND files.folder_id IS NULL
            AND files.name = own_rule_of_name.name
            AND files.deleted_at IS NULL AND files.trashed_at IS NULL;
    ELSE
        SELECT id INTO file FROM storage.files
        WHERE files.owner_id = owner AND files.folder_id = folder
            AND files.name = own_rule_of_name.name
            AND files.deleted_at IS NULL AND files.trashed_at IS NULL;
    END IF;
    RETURN storage.own_rule(owner, file, folder);
END
$$;

-- Of whom something may have to move. Rows are only added and taken out, so nobody waits here.
CREATE TABLE storage.placement_changes (
    owner_id   uuid NOT NULL,
    id         uuid NOT NULL DEFAULT storage.new_id(),
    created_at timestamptz NOT NULL DEFAULT now(),
    walked_at  timestamptz,
    PRIMARY KEY (owner_id, id)
);
COMMENT ON COLUMN storage.placement_changes.walked_at IS
    'when the files of this person were compared with their policies; once more a little later';

-- What is moved comes under another policy, in whatever way it is moved.
CREATE FUNCTION storage.note_move() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM storage.policies WHERE owner_id = NEW.owner_id) THEN
        INSERT INTO storage.placement_changes (owner_id) VALUES (NEW.owner_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER note_move AFTER UPDATE OF folder_id ON storage.files
    FOR EACH ROW WHEN (OLD.folder_id IS DISTINCT FROM NEW.folder_id)
    EXECUTE FUNCTION storage.note_move();
CREATE TRIGGER note_move AFTER UPDATE OF parent_id ON storage.folders
    FOR EACH ROW WHEN (OLD.parent_id IS DISTINCT FROM NEW.parent_id)
    EXECUTE FUNCTION storage.note_move();

ALTER TABLE storage.replicas ADD COLUMN is_surplus boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN storage.replicas.is_surplus IS
    'no policy wants it any more: it is erased once those that are wanted are verified';
CREATE INDEX replicas_surplus ON storage.replicas (next_attempt_at)
    WHERE is_surplus AND state IN ('WANTED', 'READY', 'SUSPECT', 'FAILED');
