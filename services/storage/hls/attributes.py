"""Attribute lists of playlist tags, as RFC 8216, 4.2 writes them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

NAME: Final = "[A-Z0-9-]+"
VALUE: Final = r'"[^"]*"|[^",]+'
ATTRIBUTE: Final = re.compile(rf"({NAME})=({VALUE})")
WHOLE: Final = re.compile(rf"{NAME}=(?:{VALUE})(?:,{NAME}=(?:{VALUE}))*")


def read_attributes(text: str) -> dict[str, str]:
    """Read a list of attributes, each with its quotes; ValueError when it is none."""
    if not WHOLE.fullmatch(text):
        raise ValueError("a list of attributes that cannot be read")
    pairs = ATTRIBUTE.findall(text)
    attributes = dict(pairs)
    if len(attributes) < len(pairs):
        raise ValueError("an attribute that is named twice")
    return attributes


def write_attributes(attributes: Mapping[str, str]) -> str:
    """Write a list of attributes, whose values have their quotes."""
    return ",".join(f"{name}={text}" for name, text in attributes.items())


def unquote_value(text: str) -> str:
    """Take the quotes off; ValueError where there are none."""
    if len(text) < len('""') or not text.startswith('"'):
        raise ValueError("an address without quotes")
    return text[1:-1]
