-- The films of the example service: what they are, and which files of Meridian hold them.

CREATE SCHEMA movies;

CREATE TABLE movies.films (
    id         uuid PRIMARY KEY,
    title      text NOT NULL CHECK (length(title) BETWEEN 1 AND 200),
    year       integer NOT NULL CHECK (year BETWEEN 1870 AND 2200),
    genres     text[] NOT NULL DEFAULT '{}',
    file_id    uuid,
    folder_id  uuid,
    playlist   text NOT NULL DEFAULT 'master.m3u8' CHECK (length(playlist) <= 255),
    poster_id  uuid,
    permission text NOT NULL DEFAULT 'films.view' CHECK (length(permission) <= 100),
    revision   integer NOT NULL DEFAULT 1,
    created_at timestamptz NOT NULL DEFAULT now(),
    updated_at timestamptz NOT NULL DEFAULT now(),
    words      tsvector NOT NULL GENERATED ALWAYS AS (to_tsvector('simple', title)) STORED,
    CHECK (num_nonnulls(file_id, folder_id) > 0)
);
COMMENT ON COLUMN movies.films.folder_id IS 'a folder of HLS segments';
COMMENT ON COLUMN movies.films.permission IS 'who may see and play it: a role gives it';
CREATE INDEX films_words ON movies.films USING gin (words);
CREATE INDEX films_genres ON movies.films USING gin (genres);
CREATE INDEX films_year ON movies.films (year, id);

-- First answers to creating requests that came with an Idempotency-Key, see shared/web/idempotency.py.
CREATE TABLE movies.idempotency_keys (
    owner_id    uuid NOT NULL,
    key         text NOT NULL CHECK (length(key) BETWEEN 1 AND 255),
    operation   text NOT NULL,
    fingerprint bytea NOT NULL,
    status      integer,
    answer      bytea,
    created_at  timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (owner_id, operation, key)
);
CREATE INDEX idempotency_keys_age ON movies.idempotency_keys (created_at);
