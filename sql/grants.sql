-- Who reads and writes which table. Runs again whenever it changes.

GRANT USAGE ON SCHEMA auth TO meridian_auth;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA auth TO meridian_auth;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA auth TO meridian_auth;
-- What is written into the audit stays as it is.
REVOKE UPDATE, DELETE ON auth.audit FROM meridian_auth;
REVOKE INSERT, DELETE ON auth.audit_head, auth.rights FROM meridian_auth;
GRANT EXECUTE ON FUNCTION auth.keep_login_months TO meridian_auth;

GRANT USAGE ON SCHEMA storage TO meridian_storage, meridian_replicator;
GRANT SELECT ON ALL TABLES IN SCHEMA storage TO meridian_storage, meridian_replicator;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA storage TO meridian_storage, meridian_replicator;

GRANT INSERT, UPDATE ON storage.servers, storage.files, storage.folders, storage.versions
    TO meridian_storage;
GRANT DELETE ON storage.folders TO meridian_storage;
GRANT INSERT, UPDATE ON storage.replicas TO meridian_storage;
GRANT INSERT, UPDATE, DELETE ON storage.outbox, storage.idempotency_keys TO meridian_storage;
GRANT INSERT, UPDATE ON storage.refused_writes TO meridian_storage, meridian_replicator;
GRANT DELETE ON storage.refused_writes, storage.health_changes TO meridian_storage;
GRANT INSERT, UPDATE ON storage.jobs TO meridian_storage, meridian_replicator;
GRANT INSERT ON storage.actions, storage.action_links TO meridian_storage;
GRANT UPDATE ON storage.action_chain TO meridian_storage;
GRANT DELETE ON storage.unchained_actions TO meridian_storage;
GRANT EXECUTE ON FUNCTION storage.prune_action_links TO meridian_storage;
GRANT INSERT, DELETE ON storage.download_tickets TO meridian_storage;
GRANT EXECUTE ON FUNCTION storage.keep_action_months TO meridian_storage;
GRANT UPDATE, DELETE ON storage.dead_letters TO meridian_storage;
GRANT INSERT, UPDATE ON storage.links TO meridian_storage;
GRANT INSERT, UPDATE, DELETE ON storage.grants TO meridian_storage;
GRANT UPDATE ON storage.link_settings TO meridian_storage;
GRANT INSERT, UPDATE ON storage.drops TO meridian_storage;
GRANT INSERT, UPDATE, DELETE ON storage.drop_files TO meridian_storage;
GRANT INSERT, UPDATE ON storage.erasures TO meridian_storage;
GRANT INSERT, UPDATE ON storage.drains TO meridian_storage;
GRANT INSERT, UPDATE ON storage.usage TO meridian_storage;
GRANT INSERT, UPDATE, DELETE ON storage.quotas, storage.restored_versions TO meridian_storage;
GRANT UPDATE ON storage.unknown_objects TO meridian_storage;
GRANT INSERT, UPDATE, DELETE ON storage.policies TO meridian_storage;
GRANT INSERT ON storage.placement_changes TO meridian_storage;

GRANT USAGE ON SCHEMA movies TO meridian_movies;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA movies TO meridian_movies;

-- A row lock takes the right to update some column; the replicator moves versions to GONE.
GRANT UPDATE (state, sha256, proof) ON storage.versions TO meridian_replicator;
-- Operators drain servers from its command line, too.
GRANT UPDATE (updated_at, is_draining) ON storage.servers TO meridian_replicator;
GRANT INSERT, UPDATE ON storage.drains TO meridian_replicator;
GRANT INSERT ON storage.actions TO meridian_replicator;
GRANT UPDATE (walked_at), DELETE ON storage.placement_changes TO meridian_replicator;
GRANT INSERT, UPDATE ON storage.replicas TO meridian_replicator;
GRANT INSERT, UPDATE, DELETE ON storage.dead_letters TO meridian_replicator;
GRANT INSERT, DELETE ON storage.part_hashes TO meridian_replicator;
GRANT INSERT ON storage.outbox TO meridian_replicator;
GRANT INSERT, UPDATE, DELETE ON storage.sweeps, storage.unknown_objects TO meridian_replicator;

-- A copy or an erasure that a crash of the database forgets is simply done again, so nobody has to
-- wait for the disk. What people are told is committed by the other services, which do wait.
ALTER ROLE meridian_replicator SET synchronous_commit = off;

-- Our statements are short; compiling them costs more than it saves. Set here, as poolers do not let
-- a connection ask for it.
ALTER ROLE meridian_auth SET jit = off;
ALTER ROLE meridian_storage SET jit = off;
ALTER ROLE meridian_replicator SET jit = off;
