-- What repeats in time: one row a job, whoever runs it.

CREATE TABLE storage.jobs (
    name        text PRIMARY KEY,
    every       double precision NOT NULL CHECK (every > 0),
    lock        double precision NOT NULL CHECK (lock > 0),
    due_at      timestamptz NOT NULL DEFAULT now(),
    worker      text,
    lease_until timestamptz,
    started_at  timestamptz,
    finished_at timestamptz,
    status      text NOT NULL DEFAULT 'waiting'
                CHECK (status IN ('waiting', 'running', 'done', 'failed')),
    progress    jsonb NOT NULL DEFAULT '{}',
    error       text,
    runs        bigint NOT NULL DEFAULT 0
);
COMMENT ON COLUMN storage.jobs.every IS 'seconds from the end of a run to the beginning of the next';
COMMENT ON COLUMN storage.jobs.lock IS 'seconds that a process which died holds up the others';
COMMENT ON COLUMN storage.jobs.worker IS 'the process that ran it last, and runs it again when it can';
COMMENT ON COLUMN storage.jobs.lease_until IS 'of the run under way; when it has passed, that process is dead';
COMMENT ON COLUMN storage.jobs.progress IS 'what the job wrote of itself: how far it is, and where to go on';
