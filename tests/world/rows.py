"""Rows as the catalog has them, for what needs no database."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime

from shared.catalog.servers import Server


def make_server(name: str, latitude: float, longitude: float) -> Server:
    """A server that takes everything."""
    return Server(
        id=uuid.uuid4(),
        name=name,
        endpoint="http://127.0.0.1:1",
        public_endpoint="http://127.0.0.1:1",
        region="us-east-1",
        bucket="meridian",
        access_key="key",
        secret_key_encrypted=b"",
        hook_secret_hash=b"",
        city=name,
        zone="zone",
        latitude=latitude,
        longitude=longitude,
        is_on=True,
        is_active=True,
        capabilities={},
        updated_at=datetime.now(UTC),
    )
