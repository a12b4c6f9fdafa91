-- Since when an account may be used again: storage is told so again and again, as it is of those
-- that are off, or what Redis lost of it would have the files of a restored account erased.
ALTER TABLE auth.users ADD COLUMN on_again_at timestamptz;
UPDATE auth.users SET on_again_at = now() WHERE is_active AND id::text IN (
    SELECT object_id FROM auth.audit
    WHERE action = 'user.changed' AND before ->> 'is_active' = 'false'
        AND created_at > now() - interval '31 days');
CREATE INDEX users_to_tell_of ON auth.users (id) WHERE NOT is_active OR on_again_at IS NOT NULL;
