"""The letter that holds a reset link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.mail.wording import Wording, make_letter

if TYPE_CHECKING:
    from services.auth.mail.mailer import Letter
    from services.auth.resets.resets import Addressee

ENGLISH: Final = Wording(
    "A new password for Meridian",
    """Somebody, probably you, asked for a new password for {username} at {site}.

Choose it here within the next hour:
{url}

If it was not you, there is nothing to do: your password is as it was.
""",
)
RUSSIAN: Final = Wording(
    "Новый пароль для Meridian",
    """Кто-то, вероятно вы, запросил новый пароль для {username} на {site}.

Задайте его в течение часа:
{url}

Если это были не вы, ничего делать не нужно: ваш пароль остался прежним.
""",
)


def write_letter(to: Addressee, site: str, token: str, languages: str) -> Letter:
    """Write it to somebody who asked for it."""
    facts = {"username": to.username, "site": site, "url": f"{site}/reset/{token}"}
    return make_letter(to.email, languages, ENGLISH, RUSSIAN, facts)
