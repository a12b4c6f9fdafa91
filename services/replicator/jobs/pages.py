"""The objects of a server, some at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.stores.bucket import ListedObject
    from shared.stores.store import Store

PAGE: Final = 500


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
