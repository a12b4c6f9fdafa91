-- Figures of replication, and dead letters that somebody has looked at.

ALTER TABLE storage.dead_letters
    ADD COLUMN dropped_at timestamptz,
    ADD COLUMN dropped_by uuid,
    ADD COLUMN reason text;
COMMENT ON COLUMN storage.dead_letters.dropped_at IS
    'since when it is listed no more; the copy is tried again all the same';

-- What is behind, and what arrived lately; a copy is last updated when it becomes READY.
CREATE INDEX replicas_behind ON storage.replicas (server_id)
    WHERE state IN ('WANTED', 'COPYING', 'FAILED', 'SUSPECT');
CREATE INDEX replicas_arrived ON storage.replicas (updated_at) WHERE state = 'READY';
