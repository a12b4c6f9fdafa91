"""Whether a secret that an operator chose can be guessed. Standard library only."""

from __future__ import annotations

SHORTEST = 16
FEWEST_KINDS = 8
GUESSED = ("changeme", "change-me", "change_me", "password", "secret", "example", "minioadmin")


def weakness(secret: str) -> str:
    """Say what is wrong with a secret; empty when nothing is."""
    if len(secret) < SHORTEST:
        return f"must have at least {SHORTEST} characters"
    if any(word in secret.lower() for word in GUESSED):
        return "is a placeholder, not a secret"
    if len(set(secret)) < FEWEST_KINDS:
        return f"must have at least {FEWEST_KINDS} different characters"
    return ""
