"""Attempts to get in: who is counted together, and which devices are known."""
