-- What state each server was in, and from when on: the prober and operators write the row of the server,
-- and whoever writes it adds to this in the same transaction.

CREATE TABLE storage.health_changes (
    server_id    uuid NOT NULL REFERENCES storage.servers (id) ON DELETE CASCADE,
    id           uuid NOT NULL DEFAULT storage.new_id(),
    state        text NOT NULL
        CHECK (state IN ('online', 'slow', 'offline', 'inactive', 'draining', 'off')),
    takes_writes boolean NOT NULL,
    at           timestamptz NOT NULL,
    PRIMARY KEY (server_id, id)
);
COMMENT ON TABLE storage.health_changes IS
    'states of servers; a job drops what is old, but never the state that the oldest kept day began with';
COMMENT ON COLUMN storage.health_changes.id IS 'of the same moment as at: what is before a time is found by it';
COMMENT ON COLUMN storage.health_changes.state IS 'as people are told it';

-- As Server.state in shared/catalog/servers.py.
CREATE FUNCTION storage.state_of_server(is_on boolean, is_active boolean, is_draining boolean, health text)
RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
    SELECT CASE WHEN NOT is_on THEN 'off' WHEN health = 'offline' THEN 'offline'
        WHEN is_draining THEN 'draining' WHEN NOT is_active THEN 'inactive' ELSE health END
$$;

-- By the clock and not by the beginning of the transaction: writers of one row wait for each other.
CREATE FUNCTION storage.note_health_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    moment timestamptz := clock_timestamp();
BEGIN
    INSERT INTO storage.health_changes (server_id, id, state, takes_writes, at)
    VALUES (NEW.id, storage.new_id(moment),
        storage.state_of_server(NEW.is_on, NEW.is_active, NEW.is_draining, NEW.health),
        NEW.takes_writes, moment);
    RETURN NULL;
END
$$;
CREATE TRIGGER note_first_health AFTER INSERT ON storage.servers
    FOR EACH ROW EXECUTE FUNCTION storage.note_health_change();
CREATE TRIGGER note_health AFTER UPDATE OF is_on, is_active, is_draining, health, takes_writes
    ON storage.servers FOR EACH ROW WHEN (
        (storage.state_of_server(OLD.is_on, OLD.is_active, OLD.is_draining, OLD.health), OLD.takes_writes)
        IS DISTINCT FROM
        (storage.state_of_server(NEW.is_on, NEW.is_active, NEW.is_draining, NEW.health), NEW.takes_writes))
    EXECUTE FUNCTION storage.note_health_change();

-- Since its row was last written a server is in the state that it is in.
INSERT INTO storage.health_changes (server_id, id, state, takes_writes, at)
SELECT id, storage.first_id(GREATEST(health_since, updated_at)),
    storage.state_of_server(is_on, is_active, is_draining, health), takes_writes,
    GREATEST(health_since, updated_at)
FROM storage.servers WHERE removed_at IS NULL;
