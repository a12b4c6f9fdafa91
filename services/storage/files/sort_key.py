"""What names are sorted by and searched in: the same in every language and on every machine."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

# Raise it when a rule below changes: rows with older keys are brought up to date.
SORT_VERSION: Final = 1

DIGITS: Final = re.compile("[0-9]+")
LONGEST_BYTES: Final = 1000
# Folders are few enough to search in what they are sorted by: without the counts of digits.
SEARCHED_KEY: Final = r"regexp_replace(name_key, '[0-9][0-9][0-9]([0-9]+)', '\1', 'g')"
# In Cyrillic й is a letter of its own, not an и with a mark.
SHORT_I: Final = "\N{CYRILLIC SMALL LETTER SHORT I}"
SHORT_I_TAKEN_APART: Final = unicodedata.normalize("NFD", SHORT_I)


def fold(name: str) -> str:
    """Write a name as searches see it: without case, accents and forms of the same letter."""
    text = unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", name).casefold())
    text = text.replace(SHORT_I_TAKEN_APART, SHORT_I)
    letters = (char for char in text if unicodedata.category(char) != "Mn")
    return _cut("".join(letters))


def sort_key(name: str) -> str:
    """Write a name so that keys sort as people expect names to: file 2 before file 10."""
    return _cut(DIGITS.sub(_number, fold(name)))


def sorting_of(name: str) -> tuple[str, str, int]:
    """What stands beside a file's name: its key, what it is searched in, and by which rules."""
    return sort_key(name), fold(name), SORT_VERSION


def searched(text: str) -> str:
    """Write a text as `SEARCHED_KEY` has it: folded, numbers without zeros before them."""
    return DIGITS.sub(lambda found: found.group().lstrip("0") or "0", fold(text))


def _number(found: re.Match[str]) -> str:
    """A number behind the count of its digits, so that it sorts by value."""
    digits = found.group().lstrip("0") or "0"
    return f"{len(digits):03}{digits}"


def _cut(text: str) -> str:
    """Keep what an index can hold, whole characters only."""
    return text.encode()[:LONGEST_BYTES].decode(errors="ignore")
