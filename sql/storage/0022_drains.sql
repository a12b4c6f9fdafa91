-- Drains of large servers: how far they are is counted page by page and written down here.

ALTER TABLE storage.drains ALTER COLUMN started_by DROP NOT NULL,
    ADD COLUMN files_left bigint,
    ADD COLUMN bytes_left bigint;
COMMENT ON COLUMN storage.drains.started_by IS 'null: an operator at the command line';
UPDATE storage.drains SET files_left = CASE WHEN finished_at IS NULL THEN files_total ELSE 0 END,
    bytes_left = CASE WHEN finished_at IS NULL THEN bytes_total ELSE 0 END;
ALTER TABLE storage.drains ALTER COLUMN files_left SET NOT NULL,
    ALTER COLUMN bytes_left SET NOT NULL;
