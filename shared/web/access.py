"""Who may call a route."""

from __future__ import annotations

import enum
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from aiohttp import web


class Access(enum.Enum):
    """Routes that ask for no particular permission."""

    PUBLIC = "public"
    SIGNED_IN = "signed in"
    IN_PERSON = "signed in, not by an API token"


@dataclass(frozen=True, slots=True)
class Guard:
    """Lets callers in by something else than an access token.

    `check` raises a refusal; the body has not been read then. `scheme` describes it for OpenAPI.
    `beside_token`: an access token lets in, too.
    """

    name: str
    scheme: Mapping[str, str] = field(hash=False)
    check: Callable[[web.Request], Awaitable[None]]
    beside_token: bool = False


PUBLIC: Final = Access.PUBLIC
SIGNED_IN: Final = Access.SIGNED_IN
IN_PERSON: Final = Access.IN_PERSON

Permission: TypeAlias = Access | Guard | str
