"""Adds S3 servers to the catalog, or says anew how they are reached: bucket, CORS, probe, row."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from services.storage.servers.capabilities import UnfitServerError, probe_server
from services.storage.servers.objects import refuse_empty
from shared.catalog.servers import (
    NewServer,
    Server,
    list_servers,
    removed_names,
    upsert_server,
)
from shared.errors import MeridianError
from shared.stores.errors import StoreError, StoreUnavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Pool
    from shared.stores.stores import Stores
    from shared.vault import Vault

ANY_ORIGIN = ("*",)
REMOVED = "was removed here, and stays as it is: the page or POST /servers adds it again"


class SetUpError(Exception):
    """A server that cannot be added; says which and why."""


@dataclass(frozen=True, slots=True)
class SetUp:
    """What became of a server: its row, or what was asked for; whether it answered.

    `left`: how it was left, where it was not done as the list has it.
    """

    server: Server | NewServer
    answered: bool
    left: str = ""


async def set_up_servers(
    pool: Pool, vault: Vault, stores: Stores, wanted: Sequence[NewServer]
) -> list[SetUp]:
    """Set every server up; SetUpError for a new one that is away, and for any that is unfit.

    One that is known and does not answer now keeps what is known of it: a city that is down must
    not keep the others from starting. What an operator removed once is left alone, and a place
    without the files of a city is not taken for it.
    """
    known = {server.name: server for server in await list_servers(pool)}
    removed = await removed_names(pool)
    return [
        SetUp(new, answered=False, left=REMOVED)
        if new.name in removed
        else await _set_up(pool, vault, stores, new, known.get(new.name))
        for new in wanted
    ]


async def _set_up(
    pool: Pool, vault: Vault, stores: Stores, new: NewServer, known: Server | None
) -> SetUp:
    candidate = _candidate(new, vault)
    try:
        capabilities = await _prepare(stores, candidate)
    except (StoreUnavailable, TimeoutError) as error:
        if known is None:
            raise SetUpError(f"{new.name} does not answer at {new.endpoint}: {error}") from error
        return SetUp(known, answered=False)
    except StoreError as error:
        raise SetUpError(f"{new.name} refuses us; are its keys right? ({error})") from error
    except UnfitServerError as error:
        raise SetUpError(str(error)) from error
    if known is not None and _place(new) != _place(known):
        try:
            await refuse_empty(pool, stores, replace(candidate, id=known.id))
        except MeridianError as error:
            stays = f"stays at {known.endpoint}, bucket {known.bucket}: {error.detail}"
            return SetUp(known, answered=True, left=stays)
    found = replace(new, capabilities={**new.capabilities, **capabilities})
    return SetUp(await upsert_server(pool, vault, found), answered=True)


def _place(server: Server | NewServer) -> tuple[str, str]:
    return server.endpoint, server.bucket


async def _prepare(stores: Stores, server: Server) -> dict[str, Any]:
    bucket = stores.of(server).bucket
    await bucket.ensure()
    await bucket.allow_origins(ANY_ORIGIN)
    return await probe_server(stores, server)


def _candidate(new: NewServer, vault: Vault) -> Server:
    """The row as it will be; it is written only when the server has proved itself."""
    fields = asdict(new)
    secret_key = fields.pop("secret_key")
    del fields["hook_secret"]  # noqa: WPS420 the server has it already
    return Server(
        **fields,
        id=uuid4(),
        secret_key_encrypted=vault.encrypt(secret_key),
        hook_secret_hash=b"",
        is_on=True,
        is_active=True,
        updated_at=datetime.now(UTC),
    )
