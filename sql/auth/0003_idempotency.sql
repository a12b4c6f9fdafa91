-- First answers to creating requests that came with an Idempotency-Key, see shared/web/idempotency.py.

CREATE TABLE auth.idempotency_keys (
    owner_id    uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    operation   text NOT NULL,
    fingerprint bytea NOT NULL,
    status      integer,
    answer      bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, operation, key)
);
CREATE INDEX idempotency_keys_age ON auth.idempotency_keys (created_at);
