-- Permissions and roles that the services themselves ask for. Runs again whenever it changes.

INSERT INTO auth.roles (name, description, is_system) VALUES
    ('member', 'a person with files and links of their own', true),
    ('operator', 'runs the servers and watches replication', true)
ON CONFLICT (name) DO NOTHING;

-- Roles get what is new here; what an administrator has taken out of a role stays out.
WITH seeded AS (
    INSERT INTO auth.permissions (name, description, is_system)
    SELECT listed.name, listed.description, true FROM (VALUES
        ('files.view', 'see own files and where they are'),
        ('files.upload', 'upload files'),
        ('files.change', 'rename and move own files'),
        ('files.delete', 'delete own files'),
        ('files.download', 'download own files'),
        ('files.share', 'share own files and folders with other people'),
        ('links.view', 'see own share links'),
        ('links.create', 'share own files by link'),
        ('links.delete', 'take back own share links'),
        ('links.admin', 'see and end the links of everybody, and say what is allowed of them'),
        ('drops.create', 'ask others for files by link'),
        ('servers.view', 'see servers with their endpoints and capabilities'),
        ('servers.create', 'add servers'),
        ('servers.change', 'change, switch and drain servers'),
        ('servers.delete', 'remove servers'),
        ('policy.view', 'see which servers hold what'),
        ('policy.change', 'say which servers hold what'),
        ('quotas.change', 'say how much people may store'),
        ('replication.view', 'see lag, backlog and dead letters'),
        ('replication.change', 'retry or drop dead letters'),
        ('actions.view_all', 'see what everybody did'),
        ('users.view', 'see all users and the audit'),
        ('users.change', 'change, disable, invite and delete users, end their sessions'),
        ('users.grant', 'give roles to users and take them away'),
        ('roles.view', 'see roles'),
        ('roles.change', 'change roles'),
        ('permissions.view', 'see permissions'),
        ('permissions.change', 'change permissions'),
        ('films.view', 'search films and play them'),
        ('films.change', 'add films and change them')
    ) AS listed (name, description)
    ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description, is_system = true
    RETURNING id, name, xmax = 0 AS is_new
)
INSERT INTO auth.role_permissions (role_id, permission_id)
SELECT roles.id, seeded.id
FROM auth.roles JOIN seeded ON seeded.is_new AND (
    (roles.name IN ('member', 'operator')
        AND seeded.name ~ '^files\.|^links\.(view|create|delete)$|^(drops\.create|films\.view)$')
    OR (roles.name = 'operator'
        AND seeded.name ~ '^(servers|replication|policy)\.|^(actions\.view_all|quotas\.change)$'))
ON CONFLICT DO NOTHING;
