"""Sessions: log in, refresh, log out."""
