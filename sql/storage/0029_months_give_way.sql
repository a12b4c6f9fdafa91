-- Making and dropping months needs more than one lock. Who waits for one of them and holds another
-- is the victim of a deadlock after a second (deadlock_timeout); so the months give up before.
CREATE OR REPLACE FUNCTION storage.keep_action_months(months_ahead integer, keep_months integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '10s' AS $$
DECLARE
    month timestamptz := date_trunc('month', now());
    dropped text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('storage.keep_action_months'));
    PERFORM set_config('lock_timeout', '400ms', true);
    FOR ahead IN 0..months_ahead LOOP
        PERFORM storage.make_action_month(month + make_interval(months => ahead));
    END LOOP;
    IF keep_months > 0 THEN
        FOR dropped IN
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'storage.actions'::regclass AND relname ~ '^actions_\d{4}_\d{2}$'
                AND relname < to_char(
                    month - make_interval(months => keep_months), '"actions_"YYYY_MM')
        LOOP
            EXECUTE format('DROP TABLE storage.%I', dropped);
        END LOOP;
    END IF;
END
$$;
