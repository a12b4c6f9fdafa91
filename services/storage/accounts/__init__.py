"""Deleted accounts: their files go when the time is over."""
