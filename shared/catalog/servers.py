"""S3 servers, one a city."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from shared.errors import SERVER_NOT_FOUND, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime
    from uuid import UUID

    from shared.db import Connection, Pool
    from shared.vault import Vault

COLUMNS = """id, name, endpoint, public_endpoint, region, bucket, access_key, secret_key_encrypted,
    hook_secret_hash, city, zone, latitude, longitude, is_on, is_active, is_draining,
    health, takes_writes, health_since, capabilities, updated_at"""
# The same, where other tables have columns of these names.
OF_SERVERS = ", ".join(f"servers.{column.strip()}" for column in COLUMNS.split(","))

LIST_SERVERS = f"SELECT {COLUMNS} FROM storage.servers WHERE removed_at IS NULL ORDER BY name"

FIND_SERVER = f"""
SELECT {COLUMNS} FROM storage.servers WHERE id = $1 AND removed_at IS NULL
"""

LIST_REMOVED_NAMES = "SELECT DISTINCT name FROM storage.servers WHERE removed_at IS NOT NULL"

# Of one that is known only how it is reached: the rest is what operators decide.
UPSERT_SERVER = f"""
INSERT INTO storage.servers (name, endpoint, public_endpoint, region, bucket, access_key,
    secret_key_encrypted, hook_secret_hash, city, zone, latitude, longitude, capabilities)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
ON CONFLICT (name) WHERE removed_at IS NULL DO UPDATE SET
    endpoint = EXCLUDED.endpoint, public_endpoint = EXCLUDED.public_endpoint,
    region = EXCLUDED.region, bucket = EXCLUDED.bucket, access_key = EXCLUDED.access_key,
    secret_key_encrypted = EXCLUDED.secret_key_encrypted,
    hook_secret_hash = EXCLUDED.hook_secret_hash,
    capabilities = EXCLUDED.capabilities, updated_at = now()
RETURNING {COLUMNS}
"""


ServerHealth: TypeAlias = Literal["online", "slow", "offline"]
ServerState: TypeAlias = Literal["online", "slow", "offline", "inactive", "draining", "off"]


@dataclass(frozen=True, slots=True, kw_only=True)
class NewServer:
    """What an operator says of a server; coordinates in degrees."""

    name: str
    endpoint: str
    public_endpoint: str
    bucket: str
    access_key: str
    secret_key: str = field(repr=False)
    hook_secret: str = field(repr=False)
    city: str
    zone: str
    latitude: float
    longitude: float
    region: str = "us-east-1"
    capabilities: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A row of servers: `endpoint` is for our services, `public_endpoint` for clients."""

    id: UUID
    name: str
    endpoint: str
    public_endpoint: str
    region: str
    bucket: str
    access_key: str
    secret_key_encrypted: bytes = field(repr=False)
    hook_secret_hash: bytes = field(repr=False)
    city: str
    zone: str
    latitude: float
    longitude: float
    is_on: bool
    is_active: bool
    is_draining: bool = False
    health: ServerHealth = "online"
    takes_writes: bool = True
    health_since: datetime | None = None
    capabilities: Mapping[str, Any]
    updated_at: datetime

    @property
    def state(self) -> ServerState:
        """What people are told: what the operator decided, unless it does not answer at all."""
        if not self.is_on:
            return "off"
        if self.health == "offline":
            return "offline"
        if self.is_draining:
            return "draining"
        if not self.is_active:
            return "inactive"
        return self.health

    @property
    def refuses_overwrites(self) -> bool:
        """Whether a PUT with `If-None-Match: *` of an existing key is refused."""
        return bool(self.capabilities.get("if_none_match"))

    @property
    def makes_md5_etags(self) -> bool:
        """Whether the ETag of an object put in one piece is the MD5 of its bytes."""
        return bool(self.capabilities.get("etag_is_md5", True))

    @property
    def makes_part_etags(self) -> bool:
        """Whether the ETag of an object joined of parts is the MD5 of their MD5s."""
        return bool(self.capabilities.get("etag_of_parts"))

    @property
    def sends_no_secret(self) -> bool:
        """Whether its webhook comes without a secret, because it cannot send one."""
        return bool(self.capabilities.get("hook_without_secret"))


def hash_hook_secret(secret: str) -> bytes:
    """Hash the bearer secret of a server's webhook; 256 random bits need no salt."""
    return hashlib.sha256(secret.encode()).digest()


async def list_servers(db: Connection | Pool) -> list[Server]:
    """Every server, also those switched off."""
    return [Server(**row) for row in await db.fetch(LIST_SERVERS)]


async def find_server(db: Connection | Pool, server_id: UUID) -> Server | None:
    """One server."""
    row = await db.fetchrow(FIND_SERVER, server_id)
    return None if row is None else Server(**row)


async def get_server(db: Connection | Pool, server_id: UUID) -> Server:
    """One server; SERVER_NOT_FOUND."""
    server = await find_server(db, server_id)
    if server is None:
        raise MeridianError(SERVER_NOT_FOUND)
    return server


async def removed_names(db: Connection | Pool) -> set[str]:
    """Names that an operator removed once: no list of an installation brings them back."""
    return {row["name"] for row in await db.fetch(LIST_REMOVED_NAMES)}


async def upsert_server(db: Connection | Pool, vault: Vault, new: NewServer) -> Server:
    """Add a server, or bring up to date how the one of that name is reached."""
    row = await db.fetchrow(
        UPSERT_SERVER,
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
    )
    assert row is not None
    return Server(**row)
