"""Providers that many people have an account with: an operator adds only what is secret."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

SCOPES: Final = "openid email profile"


@dataclass(frozen=True, slots=True)
class Preset:
    """What everybody knows of a provider."""

    title: str
    issuer: str
    scopes: str = SCOPES
    endpoints: Mapping[str, Any] | None = None


# Yandex speaks OAuth 2.0 without ID tokens: who somebody is, its API tells. `claims` name its
# fields: https://yandex.com/dev/id/doc/en/user-information
YANDEX: Final[dict[str, Any]] = {
    "authorization_endpoint": "https://oauth.yandex.ru/authorize",
    "token_endpoint": "https://oauth.yandex.ru/token",
    "userinfo_endpoint": "https://login.yandex.ru/info?format=json",
    "claims": {
        "sub": "id",
        "email": "default_email",
        "preferred_username": "login",
        "given_name": "first_name",
        "family_name": "last_name",
        "aud": "client_id",
    },
    "confirms_email": True,
}
PRESETS: Final = {
    "google": Preset("Google", "https://accounts.google.com"),
    "yandex": Preset(
        "Yandex", "https://oauth.yandex.ru", "login:info login:email", endpoints=YANDEX
    ),
}
