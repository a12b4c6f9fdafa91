-- Tickets that stand for a person in the URL of one download: short-lived, and a crash may lose them.

CREATE UNLOGGED TABLE storage.download_tickets (
    owner_id   uuid NOT NULL,
    hash       bytea NOT NULL,
    user_id    uuid NOT NULL,
    file_id    uuid NOT NULL,
    version    integer,
    inline     boolean NOT NULL,
    expires_at timestamptz NOT NULL,
    PRIMARY KEY (owner_id, hash)
);
COMMENT ON COLUMN storage.download_tickets.hash IS 'SHA-256 of the secret half of the ticket';
CREATE INDEX download_tickets_age ON storage.download_tickets (expires_at);
