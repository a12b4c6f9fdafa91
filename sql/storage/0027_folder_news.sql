-- Open pages hear when something is put into a folder, taken out of it, called otherwise, or goes into
-- the trash, in whatever way that is done. Only these columns are looked at: uploads cost nothing more.
-- Fresh uploads overtake this news; what is in the trash before and after, nobody sees.

-- A folder is null for the top, which only its owner sees.
CREATE FUNCTION storage.tell_of_folders(owner uuid, folders uuid[]) RETURNS void LANGUAGE sql AS $$
    INSERT INTO storage.outbox (is_bulk, event)
    SELECT true, jsonb_build_object('type', 'FOLDER.CHANGED', 'v', '1', 'owner_id', owner,
        'folder_id', COALESCE(folder_id::text, ''), 'id', storage.new_id())
    FROM (SELECT DISTINCT unnest(folders) AS folder_id) AS changed
$$;

CREATE FUNCTION storage.tell_of_file() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.tell_of_folders(NEW.owner_id, ARRAY[OLD.folder_id, NEW.folder_id]);
    -- Who was given this very file may not see its folder.
    INSERT INTO storage.outbox (is_bulk, event)
    SELECT true, jsonb_build_object('type', 'ACCESS.CHANGED', 'v', '1', 'owner_id', owner_id,
        'user_id', user_id, 'object_id', file_id, 'id', storage.new_id())
    FROM storage.grants WHERE owner_id = NEW.owner_id AND file_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER tell AFTER UPDATE OF folder_id, name, trashed_at ON storage.files
    FOR EACH ROW WHEN (NEW.deleted_at IS NULL AND (OLD.trashed_at IS NULL OR NEW.trashed_at IS NULL)
        AND (OLD.name, OLD.folder_id, OLD.trashed_at)
        IS DISTINCT FROM (NEW.name, NEW.folder_id, NEW.trashed_at))
    EXECUTE FUNCTION storage.tell_of_file();

-- Of a folder those are told who see the one it is in, and those who see it.
CREATE FUNCTION storage.tell_of_folder() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM storage.tell_of_folders(NEW.owner_id,
        CASE TG_OP WHEN 'INSERT' THEN ARRAY[NEW.parent_id]
        ELSE ARRAY[OLD.parent_id, NEW.parent_id, NEW.id] END);
    RETURN NULL;
END
$$;
CREATE TRIGGER tell_new AFTER INSERT ON storage.folders
    FOR EACH ROW EXECUTE FUNCTION storage.tell_of_folder();
CREATE TRIGGER tell AFTER UPDATE OF parent_id, name, trashed_at, deleted_at ON storage.folders
    FOR EACH ROW WHEN ((OLD.trashed_at IS NULL OR NEW.trashed_at IS NULL)
        AND (OLD.name, OLD.parent_id, OLD.trashed_at, OLD.deleted_at)
        IS DISTINCT FROM (NEW.name, NEW.parent_id, NEW.trashed_at, NEW.deleted_at))
    EXECUTE FUNCTION storage.tell_of_folder();
