"""Invitations: links by which somebody makes an account, once."""
