"""Providers: other sites whose word we take for who somebody is."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from shared.errors import PROVIDER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.db import Connection, Pool

COLUMNS: Final = """providers.name, providers.title, providers.issuer, providers.client_id,
    providers.client_secret, providers.scopes, providers.endpoints"""

LIST_PROVIDERS: Final = f"SELECT {COLUMNS} FROM auth.providers ORDER BY name"
FIND_PROVIDER: Final = f"SELECT {COLUMNS} FROM auth.providers WHERE name = $1"
UPSERT_PROVIDER: Final = """
INSERT INTO auth.providers (name, title, issuer, client_id, client_secret, scopes, endpoints)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (name) DO UPDATE SET title = EXCLUDED.title, issuer = EXCLUDED.issuer,
    client_id = EXCLUDED.client_id, client_secret = EXCLUDED.client_secret,
    scopes = EXCLUDED.scopes, endpoints = EXCLUDED.endpoints, updated_at = now()
"""
DELETE_PROVIDER: Final = "DELETE FROM auth.providers WHERE name = $1 RETURNING name"


@dataclass(frozen=True, slots=True)
class Provider:
    """A site; `client_secret` is sealed, `endpoints` are there where it has no discovery."""

    name: str
    title: str
    issuer: str
    client_id: str
    client_secret: bytes | None = field(repr=False)
    scopes: str
    endpoints: Mapping[str, Any] | None


async def list_providers(db: Connection | Pool) -> list[Provider]:
    """All providers, by name."""
    return [Provider(**row) for row in await db.fetch(LIST_PROVIDERS)]


async def get_provider(db: Connection | Pool, name: str) -> Provider:
    """One provider; PROVIDER_NOT_FOUND."""
    row = await db.fetchrow(FIND_PROVIDER, name)
    if row is None:
        raise MeridianError(PROVIDER_NOT_FOUND)
    return Provider(**row)


async def upsert_provider(db: Connection | Pool, provider: Provider) -> None:
    """Add a provider, or change the one of this name; UniqueViolationError for its issuer."""
    await db.execute(
        UPSERT_PROVIDER,
        provider.name,
        provider.title,
        provider.issuer,
        provider.client_id,
        provider.client_secret,
        provider.scopes,
        provider.endpoints,
    )


async def delete_provider(db: Connection | Pool, name: str) -> bool:
    """Remove a provider; False when there is none. Who was linked can come again when it is."""
    return await db.fetchval(DELETE_PROVIDER, name) is not None
