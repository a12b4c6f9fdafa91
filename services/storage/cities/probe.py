"""Tries a server that an operator describes: what it can do, its clock, and how far away it is."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import uuid4

from services.storage.cities.endpoints import refuse_endpoint, unreachable
from services.storage.cities.marker import Marker, refuse_foreign
from services.storage.cities.measure import Distance, measure
from services.storage.cities.rows import installation_id
from services.storage.servers.capabilities import UnfitServerError, probe_server
from shared.catalog.servers import Server, list_servers
from shared.stores.errors import StoreError, StoreForbidden, StoreFull, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.catalog.servers import NewServer
    from shared.db import Pool
    from shared.errors import MeridianError
    from shared.stores.stores import Stores
    from shared.vault import Vault

MOST_SKEW_SECONDS: Final = 300
# Whoever answers a byte at a time would otherwise be listened to for hours.
LONGEST_SECONDS: Final = 90
# What S3 servers say of clocks, and when a signature names another region than theirs.
CODES: Final = {
    "RequestTimeTooSkewed": "clock",
    "AuthorizationHeaderMalformed": "region",
    "IllegalLocationConstraint": "region",
    "InvalidRegion": "region",
}
KINDS: Final = (
    (StoreFull, "full"),
    (StoreForbidden, "keys"),
    (UnfitServerError, "unfit"),
    (StoreUnavailable, "no_answer"),
    (TimeoutError, "no_answer"),
)
SENTENCES: Final = {
    "clock": "The clock of {name} differs from ours by minutes.",
    "region": "{name} is in another region than {region}.",
    "full": "There is no room left on {name}.",
    "keys": "{name} refuses the keys.",
    "unfit": "{said}.",
    "no_answer": "{name} does not answer at {endpoint} ({said}).",
    "refused": "{name} refuses: {said}.",
}
ANY_ORIGIN: Final = ("*",)


@dataclass(frozen=True, slots=True, kw_only=True)
class Probed:
    """What came of it: capabilities by name, seconds its clock is ahead, how far it is."""

    capabilities: dict[str, Any]
    clock_skew_seconds: int | None
    distance: Distance


@dataclass(frozen=True, slots=True)
class Prober:
    """What it takes to try a server."""

    pool: Pool
    stores: Stores
    vault: Vault

    async def probe(self, new: NewServer) -> Probed:
        """Try a server that is not in the catalog yet.

        SERVER_UNREACHABLE with a `reason`, ENDPOINT_FORBIDDEN, BUCKET_TAKEN. Nothing but the
        bucket, where it was missing, is left behind.
        """
        return await self.try_out(self.candidate(new))

    async def try_out(self, server: Server) -> Probed:
        """Try a server by its row."""
        await refuse_endpoint(self.stores, server.endpoint)
        async with self.in_words(server, LONGEST_SECONDS):
            return await self._try(server)

    @asynccontextmanager
    async def in_words(self, server: Server, seconds: float) -> AsyncIterator[None]:
        """Say what goes wrong with a server, or takes longer than this, as SERVER_UNREACHABLE."""
        try:
            async with asyncio.timeout(seconds):
                yield
        except (StoreError, TimeoutError, UnfitServerError) as error:
            raise _reason(server, error) from error

    def candidate(self, new: NewServer) -> Server:
        """The row as it would be."""
        described = asdict(new)
        secret_key = described.pop("secret_key")
        described.pop("hook_secret")
        return Server(
            **described,
            id=uuid4(),
            secret_key_encrypted=self.vault.encrypt(secret_key),
            hook_secret_hash=b"",
            is_on=True,
            is_active=True,
            updated_at=datetime.now(UTC),
        )

    async def _try(self, server: Server) -> Probed:
        store = self.stores.of(server)
        await store.bucket.ensure()
        ours = Marker(await installation_id(self.pool), server.name)
        await refuse_foreign(store, ours, [one.name for one in await list_servers(self.pool)])
        await store.bucket.allow_origins(ANY_ORIGIN)
        capabilities = await probe_server(self.stores, server)
        skew = capabilities.get("clock_skew_seconds")
        if skew is not None and abs(skew) > MOST_SKEW_SECONDS:
            direction = "ahead" if skew > 0 else "behind"
            raise unreachable("clock", f"The clock of {server.name} is {abs(skew)} s {direction}.")
        return Probed(
            capabilities=capabilities,
            clock_skew_seconds=skew,
            distance=await measure(store),
        )


def _reason(server: Server, error: Exception) -> MeridianError:
    said = str(error)
    by_code = (word for code, word in CODES.items() if code in said)
    by_kind = (word for kind, word in KINDS if isinstance(error, kind))
    word = next(by_code, None) or next(by_kind, "refused")
    facts = {"name": server.name, "region": server.region, "endpoint": server.endpoint}
    return unreachable(word, SENTENCES[word].format(**facts, said=said))
