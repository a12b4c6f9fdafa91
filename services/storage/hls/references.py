"""What a playlist refers to: a file in its own folder or below it, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple
from urllib.parse import unquote

# With a scheme, or from the root on.
OUTSIDE: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:|[/\\]")
MORE: Final = re.compile(r"[?#\\]")
NO_FILE: Final = re.compile("[/\x00-\x1f\x7f-\x9f]")
BAD_ESCAPE: Final = re.compile("%(?![0-9A-Fa-f]{2})")
LONGEST: Final = 2048
DEEPEST: Final = 8


class Reference(NamedTuple):
    """A file by its folder, counted from that of the playlist (`""`, `video/`), and its name."""

    folder: str
    name: str


def read_reference(text: str) -> Reference:
    """Read a relative address; ValueError says why it leads to no file of the folder."""
    if len(text) > LONGEST:
        raise ValueError("an address that is too long")
    if OUTSIDE.match(text):
        raise ValueError("an address outside of the folder")
    if MORE.search(text):
        raise ValueError("an address with more than the path of a file")
    parts = [_read_part(part) for part in text.split("/")]
    if len(parts) > DEEPEST:
        raise ValueError("an address that is too deep")
    return Reference("".join(f"{part}/" for part in parts[:-1]), parts[-1])


def _read_part(part: str) -> str:
    if BAD_ESCAPE.search(part):
        raise ValueError("an address with a broken escape")
    try:
        name = unicodedata.normalize("NFC", unquote(part, errors="strict"))
    except UnicodeDecodeError:
        raise ValueError("an address that is not in UTF-8") from None
    if name in {"", ".", ".."}:
        raise ValueError("an address that does not lead straight down")
    if NO_FILE.search(name):
        raise ValueError("an address that is not the name of a file")
    return name
