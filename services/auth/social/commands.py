"""What an operator does with providers from the command line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from asyncpg import UniqueViolationError

from services.auth.audit.actions import COMMAND_LINE, Action
from services.auth.audit.entries import NewEntry, append_entry
from services.auth.commands import CommandError, database
from services.auth.social.presets import PRESETS, Preset
from services.auth.social.providers import (
    Provider,
    delete_provider,
    list_providers,
    upsert_provider,
)
from shared.vault import Vault

if TYPE_CHECKING:
    from shared.env import SharedSettings


@dataclass(frozen=True, slots=True)
class WantedProvider:
    """A provider as an operator names it; what is absent comes from a preset."""

    name: str
    client_id: str
    secret: str = field(repr=False)
    issuer: str | None = None
    title: str | None = None
    scopes: str | None = None


async def set_provider(shared: SharedSettings, wanted: WantedProvider) -> str:
    """Add a provider, or change the one of this name; return its issuer. CommandError."""
    provider = make_provider(Vault(shared.secret_keys), wanted)
    async with database(shared) as db, db.acquire() as connection, connection.transaction():
        known = {one.name: one for one in await list_providers(connection)}
        try:
            await upsert_provider(connection, provider)
        except UniqueViolationError as error:
            raise CommandError("another provider has this issuer") from error
        before = texts(known[provider.name]) if provider.name in known else None
        entry = NewEntry(Action.PROVIDER_CHANGED, provider.name, before, texts(provider))
        await append_entry(connection, COMMAND_LINE, entry)
    return provider.issuer


async def remove_provider(shared: SharedSettings, name: str) -> None:
    """Remove a provider, not the links to it; CommandError when there is none."""
    async with database(shared) as db, db.acquire() as connection, connection.transaction():
        if not await delete_provider(connection, name):
            raise CommandError(f"there is no provider {name}")
        entry = NewEntry(Action.PROVIDER_REMOVED, name, None, None)
        await append_entry(connection, COMMAND_LINE, entry)


def make_provider(vault: Vault, wanted: WantedProvider) -> Provider:
    """Complete what an operator said; CommandError."""
    preset = PRESETS.get(wanted.name)
    if preset is None:
        if wanted.issuer is None:
            raise CommandError(f"--issuer is needed: {wanted.name} is none of {', '.join(PRESETS)}")
        preset = Preset(wanted.name.title(), wanted.issuer)
    is_own = wanted.issuer in {None, preset.issuer}
    return Provider(
        name=wanted.name,
        title=wanted.title or preset.title,
        issuer=wanted.issuer or preset.issuer,
        client_id=wanted.client_id,
        client_secret=vault.encrypt(wanted.secret) if wanted.secret else None,
        scopes=wanted.scopes or preset.scopes,
        endpoints=preset.endpoints if is_own else None,
    )


def texts(provider: Provider) -> dict[str, Any]:
    """Write a provider for the audit: all but its secret."""
    return {
        "title": provider.title,
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "scopes": provider.scopes,
    }
