-- Accounts that were deleted: off at once, gone after a while, and storage is told of it.

ALTER TABLE auth.users ADD COLUMN deleted_at timestamptz,
    ADD CHECK (deleted_at IS NULL OR NOT is_active);
CREATE INDEX users_deleted ON auth.users (deleted_at) WHERE deleted_at IS NOT NULL;

-- Events on their way to the stream meridian:accounts, committed with the change they tell of.
CREATE TABLE auth.outbox (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    event        jsonb NOT NULL,
    created_at   timestamptz NOT NULL DEFAULT now(),
    published_at timestamptz
);
CREATE INDEX outbox_waiting ON auth.outbox (id) WHERE published_at IS NULL;
