"""The letter that holds a reset link."""

from __future__ import annotations

from typing import Final

from services.auth.mail.mailer import Letter

ENGLISH: Final = (
    "A new password for Meridian",
    """Somebody, probably you, asked for a new password for {username} at {site}.

Choose it here within the next hour:
{url}

If it was not you, there is nothing to do: your password is as it was.
""",
)
RUSSIAN: Final = (
    "Новый пароль для Meridian",
    """Кто-то, вероятно вы, запросил новый пароль для {username} на {site}.

Задайте его в течение часа:
{url}

Если это были не вы, ничего делать не нужно: ваш пароль остался прежним.
""",
)


def write_letter(to: str, username: str, site: str, url: str, languages: str) -> Letter:
    """Write it in Russian to who prefers that (`languages` as in Accept-Language)."""
    subject, text = RUSSIAN if languages.strip().lower().startswith("ru") else ENGLISH
    return Letter(to, subject, text.format(username=username, site=site, url=url))
