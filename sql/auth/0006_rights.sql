-- What people may do, counted: access tokens that were signed before a change are out of date.

-- One row. Whoever changes rights takes its lock, so that versions become visible in their order.
CREATE TABLE auth.rights (
    only_one boolean PRIMARY KEY DEFAULT true CHECK (only_one),
    version  bigint NOT NULL
);
INSERT INTO auth.rights (version) VALUES (0);

-- Kept for as long as a token may live; user_id is null when it concerns everybody.
CREATE TABLE auth.rights_changes (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version    bigint NOT NULL,
    user_id    uuid REFERENCES auth.users (id) ON DELETE CASCADE,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX rights_changes_newest ON auth.rights_changes (created_at);
CREATE INDEX rights_changes_user ON auth.rights_changes (user_id);

CREATE INDEX sessions_ended ON auth.sessions (ended_at) WHERE ended_at IS NOT NULL;
