"""The servers to look at, and the objects of one, some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from shared.catalog.placement import is_open
from shared.catalog.servers import list_servers

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from services.replicator.workshop import Workshop
    from shared.stores.bucket import ListedObject
    from shared.stores.store import Store

PAGE: Final = 500


async def open_stores(shop: Workshop) -> list[Store]:
    """Of all servers that are on."""
    servers = await list_servers(shop.pool)
    return shop.stores_of(server for server in servers if is_open(server))


async def pages_of(store: Store) -> AsyncIterator[list[ListedObject]]:
    """Yield all objects of a bucket in the order of their keys; StoreError."""
    page: list[ListedObject] = []
    async for found in store.bucket.list():
        page.append(found)
        if len(page) == PAGE:
            yield page
            page = []
    if page:
        yield page
