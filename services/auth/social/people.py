"""People as another site knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from services.auth.texts import find_email, find_person_name, make_username

if TYPE_CHECKING:
    from collections.abc import Mapping

LONGEST_SUBJECT: Final = 255


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody by issuer and subject; the rest is what a new account begins with.

    `email` is there only when the site has confirmed it.
    """

    issuer: str
    subject: str
    email: str | None
    username: str
    first_name: str
    last_name: str


def read_person(issuer: str, claims: Mapping[str, Any], *, confirms_email: bool) -> Person | None:
    """Read the claims of the standard; None without a subject that can be told from others."""
    subject = claims.get("sub")
    if not isinstance(subject, str) or not 0 < len(subject) <= LONGEST_SUBJECT or "\0" in subject:
        return None
    is_confirmed = confirms_email or claims.get("email_verified") in {True, "true"}
    email = find_email(claims.get("email")) if is_confirmed else None
    hint = claims.get("preferred_username") or (email or "").partition("@")[0]
    return Person(
        issuer=issuer,
        subject=subject,
        email=email,
        username=make_username(hint),
        first_name=find_person_name(claims.get("given_name")),
        last_name=find_person_name(claims.get("family_name")),
    )
