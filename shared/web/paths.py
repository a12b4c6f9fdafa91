"""Parameters of a path: a name tells the type, and what does not fit it is not found."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from aiohttp import web

UUID_PATTERN: Final = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NUMBER_PATTERN: Final = "[1-9][0-9]{0,8}"
LARGEST_NUMBER: Final = 999_999_999
LONGEST: Final = 200
PLAYLIST: Final = "^[^/]+[.]m3u8$"
PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")


def path_id(request: web.Request, name: str = "id") -> UUID:
    """Take a UUID out of the path."""
    return UUID(request.match_info[name])


def path_number(request: web.Request, name: str = "number") -> int:
    """Take a number out of the path."""
    return int(request.match_info[name])


def with_patterns(path: str) -> str:
    """Write a path the way aiohttp matches it: `{id}` and `{…_id}` only as UUIDs."""
    return PLACEHOLDER.sub(_with_pattern, path)


def schema_of(name: str) -> Mapping[str, object]:
    """Describe a parameter for OpenAPI."""
    if _is_id(name):
        return {"type": "string", "format": "uuid"}
    if name == "number":
        return {"type": "integer", "minimum": 1, "maximum": LARGEST_NUMBER}
    if name == "playlist":
        return {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": PLAYLIST}
    return {"type": "string", "minLength": 1, "maxLength": LONGEST, "pattern": "^[A-Za-z0-9_-]+$"}


def _is_id(name: str) -> bool:
    return name == "id" or name.endswith("_id")


def _with_pattern(placeholder: re.Match[str]) -> str:
    name = placeholder.group(1)
    if _is_id(name):
        return f"{{{name}:{UUID_PATTERN}}}"
    if name == "number":
        return f"{{{name}:{NUMBER_PATTERN}}}"
    return placeholder.group()
