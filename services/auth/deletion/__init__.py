"""Accounts are deleted, restored within a month, and then erased."""
