-- What is old is dropped a few rows at a time: however much there is, no statement takes long.

CREATE INDEX outbox_published ON storage.outbox (published_at) WHERE published_at IS NOT NULL;

-- The last link before the first that is kept stays: the chain begins with it. How many were dropped;
-- 0: there are no more.
DROP FUNCTION storage.prune_action_links(integer);
CREATE FUNCTION storage.prune_action_links(keep_months integer, most integer DEFAULT 1000)
RETURNS bigint LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
    kept_from uuid := storage.actions_kept_from(keep_months);
    dropped bigint;
BEGIN
    WITH oldest AS (
        SELECT number, action_id FROM storage.action_links ORDER BY number LIMIT most
    )
    DELETE FROM storage.action_links WHERE number < (
        SELECT COALESCE(min(number) FILTER (WHERE action_id >= kept_from), max(number)) - 1
        FROM oldest
    );
    GET DIAGNOSTICS dropped = ROW_COUNT;
    RETURN dropped;
END
$$;
REVOKE EXECUTE ON FUNCTION storage.prune_action_links FROM PUBLIC;
