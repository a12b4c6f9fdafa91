"""The letter that holds a link by which an address is confirmed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from services.auth.mail.wording import Wording, make_letter

if TYPE_CHECKING:
    from services.auth.accounts.users import User
    from services.auth.mail.mailer import Letter

ENGLISH: Final = Wording(
    "Confirm your address for Meridian",
    """{username} at {site} gave this as their e-mail address.

If that is you, confirm it here within a day:
{url}

If it is not you, there is nothing to do: without the link the address stays unconfirmed.
""",
)
RUSSIAN: Final = Wording(
    "Подтвердите адрес для Meridian",
    """{username} на {site} указывает этот адрес электронной почты как свой.

Если это вы, подтвердите его в течение суток:
{url}

Если это не вы, ничего делать не нужно: без ссылки адрес останется неподтверждённым.
""",
)


def write_letter(user: User, site: str, token: str, languages: str) -> Letter:
    """Write it to the address of the account."""
    facts = {"username": user.username, "site": site, "url": f"{site}/confirm/{token}"}
    return make_letter(user.email, languages, ENGLISH, RUSSIAN, facts)
