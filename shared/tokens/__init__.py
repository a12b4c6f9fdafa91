"""Access tokens: their form, the keys that verify them, what was revoked."""
