"""What letters say, in the language of who reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.auth.mail.mailer import Letter

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True)
class Wording:
    """Subject and text of a letter in one language, with {places} for facts."""

    subject: str
    text: str


def make_letter(
    to: str, languages: str, english: Wording, russian: Wording, facts: Mapping[str, str]
) -> Letter:
    """Write a letter in Russian to who prefers that (`languages` as in Accept-Language)."""
    wording = russian if languages.strip().lower().startswith("ru") else english
    return Letter(to, wording.subject, wording.text.format(**facts))
