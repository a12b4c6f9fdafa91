"""Slows guessing down: attempts are counted before they are looked at, and the wait grows."""
