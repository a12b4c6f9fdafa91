"""Names people give: any Unicode text that is safe to show, in NFC; or a clear refusal."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError, fields

from shared.unicode_text import BIDI_CONTROLS, find_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_NAME_BYTES = 255
LONGEST_PATH_BYTES = 4096
DEEPEST_FOLDER = 64
TOO_DEEP = f"Must not be deeper than {DEEPEST_FOLDER} folders."
TOO_LONG = f"Must not be longer than {LONGEST_PATH_BYTES} bytes."
# For people and programs that read the API document: no more than a first look.
UNSEEN = (
    r"\u0000-\u001f\u007f-\u00a0\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f"
    r"\u2028-\u202e\u2060-\u206f\u3164\ufeff\uffa0\ufff0-\ufff8"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a"
    "\U000e0000-\U000e0fff"
)
NAME_PATTERN = rf"^(?!\.{{1,2}}$)[^/{UNSEEN}]+$"
FOLDER_PATTERN = rf"^/$|^(?:/(?!\.{{1,2}}(?:/|$))[^/{UNSEEN}]+){{1,{DEEPEST_FOLDER}}}$"
# Cc: control characters; Cs: halves of a surrogate pair; Zl and Zp: line and paragraph ends.
HIDDEN_CATEGORIES = frozenset(("Cc", "Cs", "Zl", "Zp"))


class FileName(fields.String):
    """One file name of at most 255 bytes in UTF-8."""

    longest = LONGEST_NAME_BYTES
    shortest = 1
    pattern = NAME_PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        return clean_name(super()._deserialize(value, attr, data, **kwargs))


class FolderPath(fields.String):
    """`/` or `/a/b`, of at most 4096 bytes in UTF-8 and 64 folders."""

    longest = LONGEST_PATH_BYTES
    pattern = FOLDER_PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        path = super()._deserialize(value, attr, data, **kwargs)
        if path == "/":
            return path
        if not path.startswith("/"):
            raise ValidationError("Must start with a slash.")
        parts = path[1:].split("/")
        if len(parts) > DEEPEST_FOLDER:
            raise ValidationError(TOO_DEEP)
        if len(path.encode(errors="replace")) > LONGEST_PATH_BYTES:
            raise ValidationError(TOO_LONG)
        return "".join(f"/{clean_name(part)}" for part in parts)


def clean_name(text: str) -> str:
    """Normalise one name to NFC; ValidationError says what is wrong with it."""
    name = unicodedata.normalize("NFC", text)
    _refuse_unseen(name)
    if "/" in name:
        raise ValidationError("Must not hold a slash.")
    if not name.strip() or name in {".", ".."}:
        raise ValidationError("Must be a name.")
    if len(name.encode()) > LONGEST_NAME_BYTES:
        raise ValidationError(f"Must not be longer than {LONGEST_NAME_BYTES} bytes.")
    return name


def _refuse_unseen(name: str) -> None:
    if any(unicodedata.category(char) in HIDDEN_CATEGORIES for char in name):
        raise ValidationError("Must not hold control characters.")
    if BIDI_CONTROLS.intersection(name):
        raise ValidationError("Must not hold characters that change the direction of text.")
    hidden = find_hidden(name)
    if hidden is not None:
        raise ValidationError(f"Must not hold an invisible character (U+{ord(hidden):04X}) there.")
