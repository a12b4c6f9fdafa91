"""Meridian: auth (who you are), storage (where files are), replicator (making copies)."""
