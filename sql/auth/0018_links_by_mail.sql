-- A link that an administrator gives by hand and one that goes by mail stand beside each other:
-- anybody who knows the address can have a letter sent, and took the other link away by that.
ALTER TABLE auth.resets
    ADD COLUMN is_mailed boolean NOT NULL DEFAULT false,
    DROP CONSTRAINT resets_user_id_key,
    ADD UNIQUE (user_id, is_mailed);
COMMENT ON COLUMN auth.resets.user_id IS
    'one link of each kind a person: a new one takes the place of the last';
