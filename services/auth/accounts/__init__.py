"""Accounts: register, show, change."""
