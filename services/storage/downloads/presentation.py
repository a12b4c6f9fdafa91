"""How a browser takes what it downloads: under which name, and whether it may show it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

# Shown where they lie, these run nothing. An SVG, like any XML, is a page that may hold scripts.
SHOWN = re.compile(
    r"(?:(?:image|audio|video)/(?![^;]*(?:svg|xml))[^;]+|application/pdf|text/plain)\s*(?:;.*)?",
    re.IGNORECASE,
)
PLAIN_TEXT = re.compile(r"text/plain\s*", re.IGNORECASE)
# Browsers disagree about these inside quotes, and none of them belongs into a name on disk.
UNSAFE = re.compile(r'[\x00-\x1f\x7f"%*/:;<>?\\|]')
# What RFC 8187 lets stand unescaped in an extended parameter value.
ATTR_CHAR = "!#$&+-.^_`|~"
ENDING = re.compile(r"\.([A-Za-z0-9]{1,10})$")
NAMELESS = "file"
# All before the first dot was in another alphabet.
LOST_STEM = re.compile(r"\s*\.(?=[A-Za-z0-9])")
# Devices on Windows, whatever the ending.
DEVICE = re.compile(r"(?:con|prn|aux|nul|com[0-9]|lpt[0-9])\s*(?:\.|$)", re.IGNORECASE)
LONGEST_NAME = 255


def presentation(name: str, content_type: str, *, inline: bool) -> Mapping[str, str]:
    """What a signed GET asks the S3 server to say of the object."""
    is_shown = inline and SHOWN.fullmatch(content_type) is not None
    if is_shown and PLAIN_TEXT.fullmatch(content_type):
        content_type = f"{content_type.strip()}; charset=utf-8"
    return {
        "response-content-disposition": disposition(name, inline=is_shown),
        "response-content-type": content_type,
    }


def disposition(name: str, *, inline: bool = False) -> str:
    """Content-Disposition (RFC 6266) with any Unicode name (RFC 8187)."""
    kind = "inline" if inline else "attachment"
    encoded = quote(name, safe=ATTR_CHAR)
    return f"{kind}; filename=\"{plain_name(name)}\"; filename*=UTF-8''{encoded}"


def plain_name(name: str) -> str:
    """A safe ASCII name for those who know no other: what is left of it, and its ending."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = UNSAFE.sub(" ", plain)
    if LOST_STEM.match(plain):
        plain = f"{NAMELESS}{plain.lstrip()}"
    if DEVICE.match(plain.lstrip(". ")):
        plain = f"{NAMELESS} {plain}"
    ending = ENDING.search(name)
    suffix = f".{ending[1]}" if ending else ""
    stem = plain.removesuffix(suffix).strip(". ")[: LONGEST_NAME - len(suffix)].rstrip(". ")
    return f"{stem or NAMELESS}{suffix}"
