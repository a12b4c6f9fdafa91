"""Permissions: what may be done, by name."""
