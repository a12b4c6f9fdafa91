-- How long copies travelled is asked of an hour, without those of a back-fill: there may be a million.
DROP INDEX storage.replicas_arrived;
CREATE INDEX replicas_arrived ON storage.replicas (is_bulk, updated_at) WHERE state = 'READY';
