-- What is looked for among many: who can do everything, before each change of a person, and news
-- that are old enough to be dropped.
CREATE INDEX users_superusers ON auth.users (id) WHERE is_superuser AND is_active;
CREATE INDEX outbox_published ON auth.outbox (published_at) WHERE published_at IS NOT NULL;
