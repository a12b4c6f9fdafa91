"""Logins: the history of attempts, good and bad."""
