"""Which passwords are good enough (NIST SP 800-63B-4): long and not well known; nothing else."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shared.errors import PASSWORD_TOO_SHORT, MeridianError
from shared.passwords.hashing import normalise_password

if TYPE_CHECKING:
    from collections.abc import Iterable

SHORTEST: Final = 15  # characters, for a password that has no second factor beside it
SHORTEST_OF_TWO: Final = 8  # beside a second factor
LONGEST: Final = 256
LARGEST: Final = 1024  # bytes, so that nobody makes us hash megabytes
COMMON: Final = Path(__file__).with_name("common_passwords.txt")
SERVICE: Final = "meridian"
SHORTEST_NAME: Final = 3


def find_weakness(
    password: str, known: Iterable[str], *, has_second_factor: bool = False
) -> str | None:
    """Say what is wrong with a password; `known` is what everybody knows of its owner."""
    secret = normalise_password(password)
    shortest = SHORTEST_OF_TWO if has_second_factor else SHORTEST
    if len(secret) < shortest:
        return f"Shorter than {shortest} characters."
    if len(secret) > LONGEST:
        return f"Longer than {LONGEST} characters."
    folded = secret.casefold()
    unit = smallest_unit(folded)
    if len(unit) * 2 < shortest and unit != folded:
        return "The same few characters again and again."
    if unit in common_passwords():
        return "A well-known password."
    rest = without_names(folded, (SERVICE, *known))
    if rest != folded and sum(map(str.isalnum, rest)) < shortest // 2:
        return "Made of your own names or that of the service."
    return None


def require_long(password: str, advice: str) -> None:
    """Raise PASSWORD_TOO_SHORT for a password that is good enough only beside a second factor."""
    if len(normalise_password(password)) < SHORTEST:
        detail = f"Your password has fewer than {SHORTEST} characters: {advice}"
        raise MeridianError(PASSWORD_TOO_SHORT, detail)


def without_names(folded: str, known: Iterable[str]) -> str:
    """Take known names and addresses out of a password."""
    names = {part for one in known for part in (one, *one.split("@"))}
    for name in sorted(map(normalise_password, names), key=len, reverse=True):
        if len(name) >= SHORTEST_NAME:
            folded = folded.replace(name.casefold(), "")
    return folded


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
