"""Quotas: how much people may store, and how much they do."""
