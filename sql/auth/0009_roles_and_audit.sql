-- Roles and permissions that people make, and who changed what.

-- What the services themselves name is part of the system: it can be neither renamed nor deleted.
ALTER TABLE auth.permissions
    ADD COLUMN is_system boolean NOT NULL DEFAULT false,
    ADD COLUMN revision integer NOT NULL DEFAULT 1;
UPDATE auth.permissions SET is_system = true;
ALTER TABLE auth.permissions ADD CHECK (length(name) <= 64 AND length(description) <= 500);

ALTER TABLE auth.roles
    ADD COLUMN is_system boolean NOT NULL DEFAULT false,
    ADD COLUMN revision integer NOT NULL DEFAULT 1,
    ADD CHECK (length(description) <= 500);
UPDATE auth.roles SET is_system = true WHERE name IN ('member', 'operator');

-- A chain: every line holds the hash of the one before, so that none can be changed or taken out
-- unnoticed. One row knows the end; its lock lets one writer after the other append.
CREATE TABLE auth.audit_head (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number   bigint NOT NULL,
    hash     bytea NOT NULL CHECK (length(hash) = 32)
);
INSERT INTO auth.audit_head (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

-- No foreign keys: what is written here stays when users and roles go.
CREATE TABLE auth.audit (
    number     bigint PRIMARY KEY,
    id         uuid NOT NULL UNIQUE,
    actor_id   uuid,
    action     text NOT NULL,
    object_id  text NOT NULL,
    before     jsonb,
    after      jsonb,
    ip         inet,
    created_at timestamptz NOT NULL,
    hash       bytea NOT NULL CHECK (length(hash) = 32)
);
COMMENT ON COLUMN auth.audit.actor_id IS 'null: an operator at the command line';
CREATE INDEX audit_object ON auth.audit (object_id, number DESC);
CREATE INDEX audit_actor ON auth.audit (actor_id, number DESC);
