-- The folder at a path, names from the top down; null where a name is missing, and at the top. It
-- takes part in the statement that lists or fills a folder: a path costs no round trip of its own.
CREATE FUNCTION storage.folder_at(owner uuid, names text[]) RETURNS uuid
LANGUAGE plpgsql STABLE AS $$
DECLARE
    found_id uuid;
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY names LOOP
        IF found_id IS NULL THEN
            SELECT id INTO found_id FROM storage.folders
            WHERE owner_id = owner AND parent_id IS NULL AND name = wanted
                AND deleted_at IS NULL AND trashed_at IS NULL;
        ELSE
            SELECT id INTO found_id FROM storage.folders
            WHERE owner_id = owner AND parent_id = found_id AND name = wanted
                AND deleted_at IS NULL AND trashed_at IS NULL;
        END IF;
        IF found_id IS NULL THEN
            RETURN NULL;
        END IF;
    END LOOP;
    RETURN found_id;
END
$$;
