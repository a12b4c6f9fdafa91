"""What it takes to let people sign in with accounts of other sites."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.auth.social.metadata import find_metadata

if TYPE_CHECKING:
    import aiohttp

    from services.auth.audit.changes import Changes
    from services.auth.social.documents import Documents
    from services.auth.social.metadata import Metadata
    from services.auth.social.providers import Provider
    from shared.throttle.throttle import Throttle
    from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class SocialLogin:
    """Our side of it; `allow_plain` lets providers do without HTTPS, as in tests.

    Where it `takes_strangers`, somebody new gets an account.
    """

    changes: Changes
    vault: Vault
    throttle: Throttle
    session: aiohttp.ClientSession
    documents: Documents
    public_url: str
    allow_plain: bool
    takes_strangers: bool

    async def metadata_of(self, provider: Provider) -> Metadata:
        """Return what a provider says about itself; PROVIDER_UNAVAILABLE."""
        return await find_metadata(self.documents, provider, allow_plain=self.allow_plain)

    def callback_of(self, provider: Provider) -> str:
        """Return where a provider sends people back to; it has to be registered there."""
        return f"{self.public_url}/auth/api/v1/oauth/{provider.name}/callback"
