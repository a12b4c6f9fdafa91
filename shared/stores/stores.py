"""All S3 servers of this process, by their rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

from shared.signer import NOTHING, Credentials, presign
from shared.stores.addresses import ANYWHERE
from shared.stores.store import Store
from shared.stores.wire import Wire

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from uuid import UUID

    from shared.catalog.servers import Server
    from shared.stores.addresses import AddressRules
    from shared.vault import Vault


class Stores:
    """Opens a store on first use, and again when its address or keys have changed."""

    def __init__(self, vault: Vault, rules: AddressRules = ANYWHERE) -> None:
        self.rules = rules
        self._vault = vault
        self._wire = Wire(rules)
        self._stores: dict[UUID, Store] = {}
        self._replaced: list[Store] = []

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    def of(self, server: Server) -> Store:
        """The store of a server; VaultError when its secret cannot be opened."""
        store = self._stores.get(server.id)
        if store is not None and _address(store.server) == _address(server):
            # The rest of its row, what it can do and where it stands, may be newer.
            store.server = server
            return store
        opened = Store(server, self._credentials(server), self._wire)
        if store is not None:
            # Requests may still be under way, so it is closed with the rest.
            self._replaced.append(store)
        self._stores[server.id] = opened
        return opened

    def opened(self) -> list[Store]:
        """The stores that were used so far."""
        return list(self._stores.values())

    def presign(
        self,
        server: Server,
        method: str,
        key: str,
        expires_seconds: int,
        *,
        signed_headers: Mapping[str, str] = NOTHING,
        query: Mapping[str, str] = NOTHING,
    ) -> str:
        """Sign a request that a client sends to the server's public address."""
        return presign(
            self.of(server).credentials,
            server.public_endpoint,
            server.region,
            server.bucket,
            method,
            key,
            expires_seconds,
            signed_headers=signed_headers,
            query=query,
        )

    async def close(self) -> None:
        """Close all connections."""
        for store in (*self._stores.values(), *self._replaced):
            await store.close()
        self._stores.clear()
        self._replaced.clear()
        await self._wire.close()

    def _credentials(self, server: Server) -> Credentials:
        return Credentials(server.access_key, self._vault.decrypt(server.secret_key_encrypted))


def _address(server: Server) -> tuple[str | bytes, ...]:
    return (
        server.endpoint,
        server.region,
        server.bucket,
        server.access_key,
        server.secret_key_encrypted,
    )
