"""How names and e-mail addresses are compared, so that `Ann`, `ann` and `ＡＮＮ` are one."""

from __future__ import annotations

import unicodedata


def normalise(text: str) -> str:
    """Bring look-alike encodings of one text to one form (NFKC), without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def fold(text: str) -> str:
    """Return the form that must be unique: NFKC, case folded."""
    return unicodedata.normalize("NFKC", normalise(text).casefold())
