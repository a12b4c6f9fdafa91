-- Where people sign in from, and a history of it by month, so that old months go at once.

ALTER TABLE auth.sessions
    ADD COLUMN country text,
    ADD COLUMN latitude double precision,
    ADD COLUMN longitude double precision;
COMMENT ON COLUMN auth.sessions.city IS 'the place of the address, where a geolocation file knows it';

ALTER TABLE auth.logins RENAME TO logins_before;
ALTER INDEX auth.logins_pkey RENAME TO logins_before_pkey;
DROP INDEX auth.logins_user;

-- user_id is empty for a name that nobody has; the name itself is not kept, because people type
-- passwords into the wrong field. The service knows the outcomes.
CREATE TABLE auth.logins (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    user_id uuid REFERENCES auth.users (id) ON DELETE CASCADE,
    session_id uuid REFERENCES auth.sessions (id) ON DELETE SET NULL,
    outcome text NOT NULL CHECK (outcome ~ '^[a-z_]{1,32}$'),
    user_agent text NOT NULL DEFAULT '',
    ip inet,
    city text,
    country text,
    latitude double precision,
    longitude double precision,
    created_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (created_at, id)
) PARTITION BY RANGE (created_at);
CREATE INDEX logins_newest ON auth.logins (user_id, created_at DESC, id DESC);
CREATE INDEX logins_session ON auth.logins (session_id);

-- Should nobody make the next months in time, nothing is lost.
CREATE TABLE auth.logins_other PARTITION OF auth.logins DEFAULT;

CREATE FUNCTION auth.make_login_month(first timestamptz) RETURNS void
LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' AS $$
DECLARE
    name text := to_char(first, '"logins_"YYYY_MM');
    after timestamptz := first + interval '1 month';
BEGIN
    IF to_regclass('auth.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    EXECUTE format('CREATE TABLE auth.%I
        (LIKE auth.logins INCLUDING DEFAULTS INCLUDING CONSTRAINTS)', name);
    EXECUTE format('WITH moved AS (
            DELETE FROM auth.logins_other WHERE created_at >= $1 AND created_at < $2 RETURNING *)
        INSERT INTO auth.%I SELECT * FROM moved', name) USING first, after;
    EXECUTE format('ALTER TABLE auth.logins ATTACH PARTITION auth.%I
        FOR VALUES FROM (%L) TO (%L)', name, first, after);
END
$$;

-- Make the partitions of this month and the months ahead; drop those of which nothing is younger
-- than keep_months (0: keep all). The role of the service owns no table, so it may only call it.
CREATE FUNCTION auth.keep_login_months(months_ahead integer, keep_months integer)
RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, pg_temp SET timezone = 'UTC' SET lock_timeout = '2s' AS $$
DECLARE
    month timestamptz := date_trunc('month', now());
    dropped text;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('auth.keep_login_months'));
    FOR ahead IN 0..months_ahead LOOP
        PERFORM auth.make_login_month(month + make_interval(months => ahead));
    END LOOP;
    IF keep_months > 0 THEN
        FOR dropped IN
            SELECT relname FROM pg_inherits JOIN pg_class ON pg_class.oid = inhrelid
            WHERE inhparent = 'auth.logins'::regclass AND relname ~ '^logins_\d{4}_\d{2}$'
                AND relname < to_char(
                    month - make_interval(months => keep_months), '"logins_"YYYY_MM')
        LOOP
            EXECUTE format('DROP TABLE auth.%I', dropped);
        END LOOP;
        DELETE FROM auth.logins_other
        WHERE created_at < month - make_interval(months => keep_months);
    END IF;
END
$$;
REVOKE EXECUTE ON FUNCTION auth.make_login_month, auth.keep_login_months FROM PUBLIC;

SELECT auth.make_login_month(month) FROM (
    SELECT DISTINCT date_trunc('month', created_at, 'UTC') AS month FROM auth.logins_before
) AS months;
SELECT auth.keep_login_months(1, 0);
INSERT INTO auth.logins (id, user_id, session_id, outcome, user_agent, ip, city, created_at)
SELECT id, user_id, session_id, outcome, user_agent, ip, city, created_at FROM auth.logins_before;
DROP TABLE auth.logins_before;
