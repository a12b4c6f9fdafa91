"""A city for the tests of a module."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest_asyncio

from tests.local.cities import LiveCity, running_city

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import pytest


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def module_city(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LiveCity]:
    """A running city."""
    async with running_city(tmp_path_factory.mktemp("city")) as city:
        yield city


@pytest_asyncio.fixture(loop_scope="module")
async def city(module_city: LiveCity) -> AsyncIterator[LiveCity]:
    """The city of the module: nothing is wrong with it, and nothing was heard yet."""
    module_city.listener.forget()
    yield module_city
    await module_city.fault()
