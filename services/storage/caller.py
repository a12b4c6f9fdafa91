"""Who asks for something."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from uuid import UUID

    from shared.addresses import Address
    from shared.geo import Place


@dataclass(frozen=True, slots=True)
class Caller:
    """A person, or nobody we know, with the address and the place the request came from."""

    user_id: UUID | None
    ip: Address
    place: Place
