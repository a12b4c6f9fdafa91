"""Upload links, as the storage service reserves them."""

from __future__ import annotations

from ipaddress import IPv4Address
from itertools import count
from typing import TYPE_CHECKING, Final

from services.storage.caller import Caller
from services.storage.files.destination import Destination
from services.storage.settings import UploadRules
from services.storage.uploads.insert_upload import insert_upload
from services.storage.uploads.new_upload import Booking, NewUpload, Spot
from shared.catalog.policy import Policy
from shared.catalog.servers import list_servers
from shared.geo import Place

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from shared.db import Connection

KIB: Final = 1024
NOWHERE: Final = IPv4Address("0.0.0.0")
RULES: Final = UploadRules(url_seconds=900, max_bytes=KIB, silent_seconds=30)


async def reserving(db: Connection, person: UUID) -> Callable[[Connection], Awaitable[object]]:
    """What reserves one more name of a person at each call, and commits it."""
    server = (await list_servers(db))[0]
    caller = Caller(person, NOWHERE, Place(mode="drawn"))
    place = Destination(person, None, "/")
    numbers = count()

    def reserve(db: Connection) -> Awaitable[object]:
        new = NewUpload(name=f"new {next(numbers)}", size=KIB)
        return insert_upload(db, Booking(RULES, caller, Spot(server, Policy()), place, new))

    return reserve
