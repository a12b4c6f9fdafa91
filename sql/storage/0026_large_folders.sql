-- Plans are made without arguments, and for folders as they are on average. One of one file is quick by
-- any plan, one of a hundred thousand only by an index in the order of the list: so PostgreSQL is
-- told that folders hold much, and that who has a folder says whose its files are.
ALTER TABLE storage.files ALTER COLUMN folder_id SET (n_distinct = 50);
CREATE STATISTICS storage.files_folder (dependencies) ON owner_id, folder_id FROM storage.files;
ANALYZE storage.files;
