-- How many copies are before one in the queue of its server.

CREATE INDEX replicas_queue ON storage.replicas (server_id, is_bulk, next_attempt_at)
    WHERE state = 'WANTED';
