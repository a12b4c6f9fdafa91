"""Passwords: rules, hashing, changing."""
