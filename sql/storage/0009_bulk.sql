-- Fresh work goes before bulk work, in the outbox and among the copies that are due.

ALTER TABLE storage.outbox ADD COLUMN is_bulk boolean NOT NULL DEFAULT false;
DROP INDEX storage.outbox_waiting;
CREATE INDEX outbox_waiting ON storage.outbox (is_bulk, id) WHERE published_at IS NULL;

ALTER TABLE storage.replicas ADD COLUMN is_bulk boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN storage.replicas.is_bulk IS
    'wanted after its version was stored, as by a new server: copies of fresh uploads go first';
DROP INDEX storage.replicas_due;
CREATE INDEX replicas_due ON storage.replicas (next_attempt_at)
    WHERE state = 'WANTED' AND NOT is_bulk;
CREATE INDEX replicas_due_later ON storage.replicas (next_attempt_at)
    WHERE state IN ('FAILED', 'ERASING') OR state = 'WANTED' AND is_bulk;
