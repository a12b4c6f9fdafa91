"""How names and e-mail addresses are compared, so that `Ann`, `ann` and `ＡＮＮ` are one."""

from __future__ import annotations

import unicodedata
from typing import Final

import idna

from shared.unicode_text import casefold_key

# Case folding leaves these two as they are, and nobody sees the difference.
DOTLESS_I: Final = "ı"
DOTTED_I: Final = "i\u0307"
AT: Final = "@"


def normalise(text: str) -> str:
    """Bring look-alike encodings of one text to one form (NFKC), without outer blanks."""
    return unicodedata.normalize("NFKC", text).strip()


def fold(text: str) -> str:
    """Return the form of a name that must be unique."""
    folded = casefold_key(text.strip())
    return folded.replace(DOTTED_I, "i").replace(DOTLESS_I, "i")


def fold_address(address: str) -> str:
    """Return the form of an e-mail address that must be unique.

    Its domain is written as DNS has it (IDNA 2008): `faß.de` and `fass.de` are two.
    """
    local, _, domain = normalise(address).rpartition(AT)
    try:
        return f"{fold(local)}@{encode_domain(domain)}"
    except idna.IDNAError:
        return fold(address)


def encode_domain(domain: str) -> str:
    """Write a domain in ASCII; IDNAError for what is none."""
    return idna.encode(domain, uts46=True, std3_rules=True).decode("ascii")


def is_domain(text: str) -> bool:
    """Tell whether a text is a domain."""
    try:
        return bool(encode_domain(text))
    except idna.IDNAError:
        return False


def sign_in_key(name: str) -> str:
    """Return what somebody who signs in is found by: a username or an e-mail address."""
    return fold_address(name) if AT in name else fold(name)
