-- A chain over the history, as over the audit of accounts. A row is known to be waiting in the
-- transaction that writes it; a job of the relay chains what is committed, a moment later. So no
-- request waits for its turn at the end of the chain, and none takes another round trip.

CREATE TABLE storage.action_chain (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    number   bigint NOT NULL,
    hash     bytea NOT NULL CHECK (length(hash) = 32)
);
COMMENT ON TABLE storage.action_chain IS 'where the chain ends; its lock lets one writer append';
INSERT INTO storage.action_chain (number, hash) VALUES (0, decode(repeat('00', 32), 'hex'));

CREATE TABLE storage.action_links (
    number          bigint PRIMARY KEY,
    action_owner_id uuid NOT NULL,
    action_id       uuid NOT NULL,
    hash            bytea NOT NULL CHECK (length(hash) = 32)
);
COMMENT ON COLUMN storage.action_links.hash IS 'SHA-256 of the hash before it and of the action';

CREATE TABLE storage.unchained_actions (
    owner_id  uuid NOT NULL,
    action_id uuid NOT NULL,
    PRIMARY KEY (owner_id, action_id)
);
CREATE INDEX unchained_actions_oldest ON storage.unchained_actions (action_id);

-- Who may write history may not take a line off the list of those that wait.
CREATE FUNCTION storage.let_actions_wait() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    INSERT INTO storage.unchained_actions (owner_id, action_id) SELECT owner_id, id FROM added;
    RETURN NULL;
END
$$;
CREATE TRIGGER chain_new AFTER INSERT ON storage.actions
    REFERENCING NEW TABLE AS added
    FOR EACH STATEMENT EXECUTE FUNCTION storage.let_actions_wait();

INSERT INTO storage.unchained_actions (owner_id, action_id) SELECT owner_id, id FROM storage.actions;

-- From this id on nothing was dropped, when so many months are kept; 0: all.
CREATE FUNCTION storage.actions_kept_from(keep_months integer) RETURNS uuid
LANGUAGE plpgsql STABLE SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
BEGIN
    IF keep_months = 0 THEN
        RETURN '00000000-0000-0000-0000-000000000000';
    END IF;
    RETURN storage.first_id(date_trunc('month', now()) - make_interval(months => keep_months));
END
$$;

-- Drop the links of what was dropped. Links follow the order of commits, so that a few of an older
-- month stand behind younger ones: they stay.
CREATE FUNCTION storage.prune_action_links(keep_months integer) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
    DELETE FROM storage.action_links WHERE number < (
        SELECT number - 1 FROM storage.action_links
        WHERE action_id >= storage.actions_kept_from(keep_months) ORDER BY number LIMIT 1
    );
END
$$;
REVOKE EXECUTE ON FUNCTION storage.prune_action_links FROM PUBLIC;
