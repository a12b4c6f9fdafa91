"""Which passwords are good enough (NIST SP 800-63B): long and not well known; nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.passwords.hashing import normalise_password

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST: Final = 15  # characters, for a password that has no second factor beside it
LARGEST: Final = 1024  # bytes, so that nobody makes us hash megabytes
COMMON: Final = Path(__file__).with_name("common_passwords.txt")


def find_weakness(password: str, known: Iterable[str]) -> str | None:
    """Say what is wrong with a password; `known` is what everybody knows of its owner."""
    secret = normalise_password(password)
    if len(secret) < SHORTEST:
        return f"Shorter than {SHORTEST} characters."
    if len(secret.encode("utf-8", "replace")) > LARGEST:
        return f"Longer than {LARGEST} bytes."
    unit = smallest_unit(secret.casefold())
    if len(unit) * 2 < SHORTEST and unit != secret.casefold():
        return "The same few characters again and again."
    if unit in common_passwords() or unit in {normalise_password(one).casefold() for one in known}:
        return "A well-known password."
    return None


def smallest_unit(text: str) -> str:
    """Return the part that, repeated, makes up the text: `abc` for `abcabcab`, else all of it."""
    for length in range(1, len(text) // 2 + 1):
        if text.startswith(text[length:]):
            return text[:length]
    return text


@cache
def common_passwords() -> frozenset[str]:
    """Read the list of passwords that attackers try first."""
    return frozenset(COMMON.read_text(encoding="utf-8").split("\n"))
