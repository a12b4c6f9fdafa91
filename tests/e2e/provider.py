"""A site whose accounts people sign in with: its page asks as whom, as a real one does."""

from __future__ import annotations

import html
import os
import subprocess
import sys
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from aiohttp import web

from tests.auth.oidc import CLIENT, SECRET, Account, Oidc

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.world.stack import Stack

NAME = "harbour"
TITLE = "Harbour Office"
COMMAND_SECONDS = 60


class ProviderWithPage(Oidc):
    """A provider whose visitors choose who they are, or change their mind."""

    people: dict[str, Account]

    async def authorize(self, request: web.Request) -> web.Response:
        """Ask, and send the browser back as whom it chose."""
        name = request.query.get("as")
        if name is None:
            return web.Response(text=self._page(request), content_type="text/html")
        if name in self.people:
            self.account = self.people[name]
            return await super().authorize(request)
        back = f"{request.query['redirect_uri']}?error=access_denied&state={request.query['state']}"
        raise web.HTTPFound(back)

    def _page(self, request: web.Request) -> str:
        links = ""
        for name in (*self.people, "nobody"):
            address = html.escape(str(request.rel_url.update_query({"as": name})))
            links += f'<p><a href="{address}">{name}</a>'
        return f"<!doctype html><title>{TITLE}</title><h1>Go on as</h1>{links}"


@asynccontextmanager
async def offered_by(stack: Stack, people: dict[str, Account]) -> AsyncIterator[str]:
    """Let people sign in to a running product with such a site; give what the site is called."""
    provider = ProviderWithPage()
    provider.people = people
    await provider.start()
    issuer = ("--issuer", provider.issuer, "--title", TITLE, "--client-id", CLIENT)
    _command(stack, "set-provider", NAME, *issuer)
    try:
        yield TITLE
    finally:
        _command(stack, "remove-provider", NAME)
        await provider.server.close()


def _command(stack: Stack, *words: str) -> None:
    """Do what an operator does, with the settings that the service runs with."""
    settings = Path(f"/proc/{stack.pid('auth')}/environ").read_bytes().split(b"\0")
    given = dict(setting.decode().split("=", 1) for setting in settings if b"=" in setting)
    subprocess.run(
        [sys.executable, "-m", "services.auth", *words],
        env={**os.environ, **given, "MERIDIAN_PROVIDER_SECRET": SECRET},
        timeout=COMMAND_SECONDS,
        check=True,
    )
