"""Telling other services what ended, from PostgreSQL, as often as it takes."""
