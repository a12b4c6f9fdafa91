"""The form of API tokens: `mrd_`, 43 random letters and digits, 6 that check the others.

Scanners for leaked secrets can find them, and a typing error is noticed without a look-up.
"""

from __future__ import annotations

import hashlib
import re
import secrets
import string
import zlib
from typing import Final

PREFIX: Final = "mrd_"
ALPHABET: Final = string.digits + string.ascii_uppercase + string.ascii_lowercase
RANDOM_LENGTH: Final = 43  # 62 ** 43 > 2 ** 256
CHECK_LENGTH: Final = 6  # 62 ** 6 > 2 ** 32
FORM: Final = re.compile(
    rf"{PREFIX}([0-9A-Za-z]{{{RANDOM_LENGTH}}})([0-9A-Za-z]{{{CHECK_LENGTH}}})"
)


def new_token() -> str:
    """Make a token."""
    body = "".join(secrets.choice(ALPHABET) for _ in range(RANDOM_LENGTH))
    return f"{PREFIX}{body}{checksum(body)}"


def is_well_formed(token: str) -> bool:
    """Tell whether a text can be a token of ours; says nothing of whether it is one."""
    match = FORM.fullmatch(token)
    return match is not None and checksum(match[1]) == match[2]


def hash_token(token: str) -> bytes:
    """Return what is stored of a token, and what it is looked up by."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def checksum(body: str) -> str:
    """Write the CRC-32 of the random part in 6 digits to the base of 62."""
    rest = zlib.crc32(body.encode())
    digits = ""
    for _ in range(CHECK_LENGTH):
        rest, digit = divmod(rest, len(ALPHABET))
        digits = ALPHABET[digit] + digits
    return digits
