-- A revoked API token stays for as long as somebody may remember it as good: it is told again then.

ALTER TABLE auth.api_tokens ADD COLUMN revoked_at timestamptz;
DROP INDEX auth.api_tokens_newest;
CREATE INDEX api_tokens_newest ON auth.api_tokens (user_id, created_at DESC, id DESC)
    WHERE revoked_at IS NULL;
CREATE INDEX api_tokens_revoked ON auth.api_tokens (revoked_at) WHERE revoked_at IS NOT NULL;
