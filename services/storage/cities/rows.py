"""Rows of servers as operators write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from asyncpg import UniqueViolationError

from shared.catalog.servers import COLUMNS, FIND_SERVER, Server, hash_hook_secret
from shared.errors import SERVER_EXISTS, SERVER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from uuid import UUID

    from shared.catalog.servers import NewServer
    from shared.db import Connection, Pool
    from shared.vault import Vault

INSERT_SERVER: Final = f"""
INSERT INTO storage.servers (name, endpoint, public_endpoint, region, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude, capabilities,
    is_on, is_active)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
RETURNING {COLUMNS}
"""
UPDATE_SERVER: Final = f"""
UPDATE storage.servers SET endpoint = $2, public_endpoint = $3, region = $4, bucket = $5,
    access_key = $6, secret_key_encrypted = $7, hook_secret_hash = $8, city = $9, zone = $10,
    latitude = $11, longitude = $12, capabilities = $13, is_on = $14, is_active = $15,
    updated_at = now()
WHERE id = $1 AND removed_at IS NULL RETURNING {COLUMNS}
"""
# Held against other changes only: copies may be written down for it meanwhile.
LOCK_SERVER: Final = f"{FIND_SERVER} FOR NO KEY UPDATE"
FIND_INSTALLATION: Final = "SELECT id FROM storage.installation"


async def insert_server(
    db: Connection | Pool, vault: Vault, new: NewServer, *, is_on: bool, is_active: bool
) -> Server:
    """Add a server; SERVER_EXISTS when there is one of that name."""
    try:
        row = await db.fetchrow(
            INSERT_SERVER,
            new.name,
            new.endpoint,
            new.public_endpoint,
            new.region,
            new.bucket,
            new.access_key,
            vault.encrypt(new.secret_key),
            hash_hook_secret(new.hook_secret),
            new.city,
            new.zone,
            new.latitude,
            new.longitude,
            dict(new.capabilities),
            is_on,
            is_active,
        )
    except UniqueViolationError as error:
        raise MeridianError(SERVER_EXISTS) from error
    assert row is not None
    return Server(**row)


async def lock_server(db: Connection, server_id: UUID) -> Server:
    """Hold a server as it is now, until the transaction ends; SERVER_NOT_FOUND."""
    row = await db.fetchrow(LOCK_SERVER, server_id)
    if row is None:
        raise MeridianError(SERVER_NOT_FOUND)
    return Server(**row)


async def update_server(db: Connection, server: Server) -> Server:
    """Write what an operator may change of a server that is held."""
    row = await db.fetchrow(
        UPDATE_SERVER,
        server.id,
        server.endpoint,
        server.public_endpoint,
        server.region,
        server.bucket,
        server.access_key,
        server.secret_key_encrypted,
        server.hook_secret_hash,
        server.city,
        server.zone,
        server.latitude,
        server.longitude,
        dict(server.capabilities),
        server.is_on,
        server.is_active,
    )
    assert row is not None
    return Server(**row)


async def installation_id(db: Connection | Pool) -> UUID:
    """The id that markers in our buckets carry."""
    found: UUID = await db.fetchval(FIND_INSTALLATION)
    return found
