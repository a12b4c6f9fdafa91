"""The bytes people upload: new each time, with their hash to compare later."""

from __future__ import annotations

import hashlib
import os
import random
from dataclasses import dataclass

KIB = 1024
# Most files are small: how often a size is drawn, out of 100.
SIZES = {4 * KIB: 35, 64 * KIB: 35, 512 * KIB: 25, 4096 * KIB: 5}


@dataclass(frozen=True, slots=True)
class Sent:
    """A file that was stored: what to look for when it comes back."""

    id: str
    name: str
    size: int
    sha256: str


def draw_body() -> bytes:
    """Make a body of a size people often have."""
    size = random.choices(tuple(SIZES), tuple(SIZES.values()))[0]
    return os.urandom(size)


def hash_of(body: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(body).hexdigest()


def size_label(size: int) -> str:
    """A size for the rows of the report, such as `64 KiB`."""
    return f"{size // KIB} KiB" if size < KIB**2 else f"{size // KIB**2} MiB"
