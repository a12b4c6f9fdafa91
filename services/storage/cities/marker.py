"""The marker object of a bucket: it says which installation and which server the bucket is of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

import orjson

from shared.errors import BUCKET_TAKEN, MeridianError
from shared.stores.errors import ObjectMissing

if TYPE_CHECKING:
    from collections.abc import Collection

    from shared.stores.store import Store

KEY: Final = "meridian-marker.json"
LARGEST: Final = 4096


@dataclass(frozen=True, slots=True)
class Marker:
    """Whose a bucket is."""

    installation: UUID
    server: str


async def read_marker(store: Store) -> Marker | None:
    """Read the marker of a bucket; None where there is none that can be read."""
    text = b""
    try:
        async with store.open(KEY) as content:
            async for piece in content:
                text += piece
                if len(text) > LARGEST:
                    return None
        said = orjson.loads(text)
        return Marker(UUID(said["installation"]), str(said["server"]))
    except (ObjectMissing, ValueError, KeyError, TypeError, AttributeError):
        return None


def taken_by(server: str) -> MeridianError:
    """The bucket is another server's."""
    said = f"The bucket already belongs to {server}."
    return MeridianError(BUCKET_TAKEN, said, server=server)


async def refuse_foreign(store: Store, ours: Marker, names: Collection[str]) -> None:
    """Raise BUCKET_TAKEN when the bucket is of another installation or another server of `names`.

    The bucket of a server that was removed may be used again, under whatever name.
    """
    found = await read_marker(store)
    if found is None or found == ours:
        return
    if found.installation == ours.installation:
        if found.server not in names:
            return
        raise taken_by(found.server)
    raise MeridianError(BUCKET_TAKEN, "The bucket belongs to another installation of Meridian.")


async def write_marker(store: Store, ours: Marker) -> None:
    """Say that the bucket is ours."""
    body = orjson.dumps({"installation": str(ours.installation), "server": ours.server})
    await store.put(KEY, body, len(body), content_type="application/json")
