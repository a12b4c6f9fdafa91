"""Roles: named sets of permissions, and who has them."""
