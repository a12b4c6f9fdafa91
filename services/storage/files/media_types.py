"""Media types by the grammar of HTTP (RFC 9110, 8.3.1 and 5.6.6)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from marshmallow import ValidationError, fields

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST: Final = 255
LONGEST_PART: Final = 127  # RFC 6838, 4.2
WORD: Final = r"[!#$%&'*+.^_`|~0-9A-Za-z-]"
# Without what no header of a request should hold: tabs, and bytes that are no ASCII.
QUOTED: Final = r'"(?:[ !#-\[\]-~]|\\[ -~])*"'
PARAMETER: Final = re.compile(rf"[ \t]*;[ \t]*({WORD}+=(?:{WORD}+|{QUOTED}))?")
SHORT: Final = rf"{WORD}{{1,60}}"
PATTERN: Final = rf"^{SHORT}/{SHORT}(?:; ?{SHORT}=(?:{SHORT}|{QUOTED}))*$"
TYPE: Final = re.compile(rf"{WORD}{{1,{LONGEST_PART}}}/{WORD}{{1,{LONGEST_PART}}}")


class MediaType(fields.String):
    """A media type with any parameters, such as `text/plain; charset="utf-8"`."""

    longest = LONGEST
    pattern = PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        text = super()._deserialize(value, attr, data, **kwargs).strip(" \t")
        if len(text) > LONGEST or not _is_media_type(text):
            raise ValidationError("Must be a media type such as image/png.")
        return text.replace("\t", " ")


def _is_media_type(text: str) -> bool:
    found = TYPE.match(text)
    while found and found.end() < len(text):
        found = PARAMETER.match(text, found.end())
    return found is not None
