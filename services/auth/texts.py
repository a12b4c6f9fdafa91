"""Texts people type about themselves: cleaned, or clearly refused."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any, Final

from marshmallow import ValidationError, fields

from services.auth.accounts.names import is_domain, normalise
from services.auth.passwords.rules import LARGEST, SHORTEST, SHORTEST_OF_TWO
from shared.unicode_text import IGNORABLE, find_hidden

if TYPE_CHECKING:
    from collections.abc import Mapping

USERNAME_LENGTH: Final = range(3, 65)
TOTP_CODE: Final = re.compile("[0-9]{6}")
LONGEST_EMAIL: Final = 254  # RFC 5321
LONGEST_NAME: Final = 100
LONGEST_TOTP: Final = 32  # digits with blanks between
NEWCOMER: Final = "newcomer"
PUNCTUATION: Final = frozenset(".-")
MARK: Final = "M"
BLANK: Final = "Zs"
EMPTY: Final = "Must not be empty."
BLANKS: Final = re.compile(" {2,}")
# Control characters, halves of a surrogate pair, nothing yet, private use, ends of lines.
REFUSED: Final = frozenset(("Cc", "Cs", "Cn", "Co", "Zl", "Zp"))
# For people and programs that read the API document: a first look, the rules are in the code below.
LETTERS: Final = (
    r"0-9A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02af\u0370-\u0373\u0400-\u0481\u048a-\u052f"
    r"\u0561-\u0587\u05d0-\u05ea\u0620-\u063f\u0641-\u064a\u0671-\u06d3\u0904-\u0939\u0b85-\u0b8a"
    r"\u0e01-\u0e30\u1000-\u102a\u10d0-\u10fa\u1200-\u1248\u1780-\u17b3\u1e00-\u1eff"
    r"\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fef\uac00-\ud7a3"
)
MARKS: Final = (
    r"\u064b-\u0652\u0900-\u0903\u093a-\u094d\u0bbe-\u0bc2\u0bc6-\u0bc8\u0bca-\u0bcd\u0e34-\u0e3a"
)
USERNAME_PATTERN: Final = f"^[{LETTERS}.-][{LETTERS}{MARKS}.-]*$"
NAME_PATTERN: Final = f"^(?:[{LETTERS}.,'()&+#-][{LETTERS}{MARKS} .,'()&+#-]*)?$"
LABEL_PATTERN: Final = f"^[{LETTERS}.,'()&+#-][{LETTERS}{MARKS} .,'()&+#-]*$"
NEW_PASSWORD: Final = {
    "description": (
        "15 to 256 characters of any kind, 8 beside a second factor; well-known passwords and "
        "those made of own names are refused"
    ),
    "minLength": SHORTEST_OF_TWO,
    # Not the same few characters again and again.
    "pattern": r"^(?!(.{1,7})\1+.{0,6}$)[^\u0000]*$",
    "format": "password",
    "example": "seven green boats at noon",
}


# Who is new has no second factor yet.
FIRST_PASSWORD: Final = {**NEW_PASSWORD, "minLength": SHORTEST}


class Username(fields.String):
    """3 to 64 letters of any alphabet, digits, dots, underscores and hyphens; in NFKC."""

    longest = USERNAME_LENGTH.stop - 1
    shortest = USERNAME_LENGTH.start
    pattern = USERNAME_PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        name = normalise(super()._deserialize(value, attr, data, **kwargs))
        if len(name) not in USERNAME_LENGTH:
            raise ValidationError("Must be 3 to 64 characters long.")
        if not all(map(is_name_part, name)):
            raise ValidationError("May hold letters, digits, dots, underscores and hyphens.")
        if unicodedata.category(name[0]).startswith(MARK):
            raise ValidationError("Must not begin with a mark that belongs to the letter before.")
        return name


class EmailAddress(fields.Email):
    """An e-mail address of at most 254 characters."""

    longest = LONGEST_EMAIL

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        address = normalise(super()._deserialize(value, attr, data, **kwargs))
        if len(address) > LONGEST_EMAIL:
            raise ValidationError(f"Must not be longer than {LONGEST_EMAIL} characters.")
        if find_hidden(address) or not is_domain(address.rpartition("@")[2]):
            raise ValidationError("Not a valid email address.")
        return address


class PersonName(fields.String):
    """A first or last name of at most 100 characters; it may be empty."""

    longest = LONGEST_NAME
    pattern = NAME_PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        typed = super()._deserialize(value, attr, data, **kwargs)
        name = join_blanks(unicodedata.normalize("NFC", typed))
        if len(name) > LONGEST_NAME:
            raise ValidationError(f"Must not be longer than {LONGEST_NAME} characters.")
        if REFUSED.intersection(map(unicodedata.category, name)):
            raise ValidationError("Must not hold control characters.")
        if find_hidden(name):
            raise ValidationError("Must not hold invisible characters.")
        return name


class Label(PersonName):
    """A name that a person gives to something of theirs; 1 to 100 characters."""

    shortest = 1
    pattern = LABEL_PATTERN

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        label = super()._deserialize(value, attr, data, **kwargs)
        if not label:
            raise ValidationError(EMPTY)
        return label


class TotpCode(fields.String):
    """Six digits, as an app shows them: `123 456` is one."""

    longest = LONGEST_TOTP
    pattern = "^[0-9]{3} ?[0-9]{3}$"

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        typed = normalise(super()._deserialize(value, attr, data, **kwargs))
        code = "".join(typed.split())
        if not TOTP_CODE.fullmatch(code):
            raise ValidationError("Must be 6 digits.")
        return code


class Password(fields.String):
    """A password as typed; 1 to 1024 bytes."""

    longest = LARGEST
    shortest = 1

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> str:
        password: str = super()._deserialize(value, attr, data, **kwargs)
        if not password:
            raise ValidationError(EMPTY)
        if len(password.encode("utf-8", "replace")) > LARGEST:
            raise ValidationError(f"Must not be longer than {LARGEST} bytes.")
        return password


def find_email(text: object) -> str | None:
    """Read an e-mail address that somebody else tells; None for what is none."""
    try:
        address: str = EmailAddress().deserialize(text)
    except ValidationError:
        return None
    return address


def find_person_name(text: object) -> str:
    """Read a first or last name that somebody else tells; empty for what is none."""
    try:
        name: str = PersonName().deserialize(text)
    except ValidationError:
        return ""
    return name


def make_username(wish: object) -> str:
    """Make a username that is like a text, as far as it may be."""
    letters = "".join(filter(is_name_part, normalise(str(wish or ""))))
    name = letters[: USERNAME_LENGTH.stop - 1]
    is_good = len(name) in USERNAME_LENGTH and unicodedata.category(name[0])[0] != MARK
    return name if is_good else NEWCOMER


def is_name_part(char: str) -> bool:
    """Tell whether a character may stand in a username: XID_Continue of UAX 31, dots, hyphens."""
    return char in PUNCTUATION or (f"a{char}".isidentifier() and char not in IGNORABLE)


def join_blanks(text: str) -> str:
    """Make one space of blanks of every kind, and none at the ends."""
    spaced = "".join(" " if unicodedata.category(char) == BLANK else char for char in text)
    return BLANKS.sub(" ", spaced).strip(" ")
