"""The service in several processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.storage.app import make_storage
from shared.env import HttpSettings
from tests.storage.conftest import ISSUER

if TYPE_CHECKING:
    from tests.storage.conftest import MakeClient, Storage


@pytest.fixture
async def other(storage: Storage, aiohttp_client: MakeClient) -> Storage:
    """A second process of the service."""
    app = make_storage(storage.shared, HttpSettings((), ISSUER), storage.settings)
    client = await aiohttp_client(app)
    return type(storage)(
        client,
        storage.database,
        storage.shared,
        storage.settings,
        storage.servers,
        storage.document,
        storage.stores,
    )
