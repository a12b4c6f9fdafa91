-- Of all that one owner shares with somebody, what one thing takes is found without a look at the
-- rest.

CREATE INDEX grants_of_one ON storage.grants (user_id, owner_id, file_id, folder_id);
DROP INDEX storage.grants_to;
