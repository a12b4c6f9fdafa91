-- Permissions and roles that the services themselves ask for. Runs again whenever it changes.

INSERT INTO auth.permissions (name, description) VALUES
    ('files.view', 'see own files and where they are'),
    ('files.upload', 'upload files'),
    ('files.change', 'rename and move own files'),
    ('files.delete', 'delete own files'),
    ('files.download', 'download own files'),
    ('links.view', 'see own share links'),
    ('links.create', 'share own files by link'),
    ('links.delete', 'take back own share links'),
    ('links.admin', 'see and end the links of everybody, and say what is allowed of them'),
    ('servers.view', 'see servers with their endpoints and capabilities'),
    ('servers.create', 'add servers'),
    ('servers.change', 'change, switch and drain servers'),
    ('servers.delete', 'remove servers'),
    ('replication.view', 'see lag, backlog and dead letters'),
    ('replication.change', 'retry or drop dead letters'),
    ('actions.view_all', 'see what everybody did'),
    ('users.view', 'see all users'),
    ('users.change', 'change and disable users, end their sessions'),
    ('users.grant', 'give roles to users and take them away'),
    ('roles.view', 'see roles'),
    ('roles.change', 'change roles'),
    ('permissions.view', 'see permissions'),
    ('permissions.change', 'change permissions')
ON CONFLICT (name) DO UPDATE SET description = EXCLUDED.description;

INSERT INTO auth.roles (name, description) VALUES
    ('member', 'a person with files and links of their own'),
    ('operator', 'runs the servers and watches replication')
ON CONFLICT (name) DO NOTHING;

INSERT INTO auth.role_permissions (role_id, permission_id)
SELECT roles.id, permissions.id
FROM auth.roles JOIN auth.permissions ON
    (roles.name = 'member' AND permissions.name ~ '^files\.|^links\.(view|create|delete)$')
    OR (roles.name = 'operator'
        AND permissions.name
            ~ '^(files|servers|replication)\.|^links\.(view|create|delete)$|^actions\.view_all$')
ON CONFLICT DO NOTHING;
