"""One-time codes (TOTP, RFC 6238) and recovery codes: how they are made and compared."""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
from typing import Final

import pyotp
from pyotp.utils import strings_equal

STEP_SECONDS: Final = 30
SKEW_STEPS: Final = 1  # so far may the clock of a phone be off
SECRET_LETTERS: Final = 32  # of 5 bits: as long as SHA-1 itself

RECOVERY_CODES: Final = 10
# Crockford's: without letters that look like digits, or like each other.
ALPHABET: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LOOK_ALIKES: Final = str.maketrans("OIL", "011", " -")
GROUPS: Final = 4
GROUP_LETTERS: Final = 4


def new_secret() -> str:
    """Make the secret that an app and we share."""
    return pyotp.random_base32(SECRET_LETTERS)


def uri_of(secret: str, account: str) -> str:
    """Write a secret for the QR code that apps read."""
    return pyotp.TOTP(secret).provisioning_uri(name=account, issuer_name="Meridian")


def find_step(secret: str, code: str, now: float) -> int | None:
    """Return the time step that a code belongs to, one before or after now at most."""
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    present = int(now) // STEP_SECONDS
    # All are compared, so that the time tells nothing.
    steps = range(present - SKEW_STEPS, present + SKEW_STEPS + 1)
    fitting = [step for step in steps if strings_equal(totp.at(step * STEP_SECONDS), code)]
    return fitting[0] if fitting else None


def new_recovery_codes() -> list[str]:
    """Make recovery codes of 80 bits each: `7F3K-9TQB-…`."""
    return ["-".join(_group() for _ in range(GROUPS)) for _ in range(RECOVERY_CODES)]


def hash_recovery_code(code: str) -> bytes:
    """Return what is stored of a code: the same for what people take for it."""
    typed = unicodedata.normalize("NFKC", code).upper().translate(LOOK_ALIKES)
    return hashlib.sha256(typed.encode("utf-8", "replace")).digest()


def _group() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(GROUP_LETTERS))
