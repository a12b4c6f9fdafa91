"""Who changed what: users, roles, permissions, keys."""
