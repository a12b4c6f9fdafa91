"""Passes one request on to the node and its answer back, bytes streaming both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

from multidict import CIMultiDict
from yarl import URL

from services.local.edge.answers import HOP_BY_HOP
from services.local.edge.fault import Passage
from services.local.edge.validators import usable_range

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import aiohttp
    from aiohttp import web

    from services.local.edge.fault import Link


class Node:
    """The S3 server behind the edge."""

    def __init__(self, session: aiohttp.ClientSession, address: str, link: Link) -> None:
        self._session = session
        self._address = address
        self._link = link

    async def ask(self, request: web.Request, *, whole: bool = False) -> aiohttp.ClientResponse:
        """Send a request on, with its Host and every signed header as they are.

        `whole` leaves out the Range. Raises aiohttp.ClientError when the node does not answer.
        """
        headers = CIMultiDict(request.headers)
        for name in HOP_BY_HOP:
            headers.popall(name, None)
        if whole or not usable_range(headers.get("Range", "")):
            drop_range(request, headers)
        return await self._session.request(
            request.method,
            URL(self._address + request.raw_path, encoded=True),
            headers=headers,
            data=self._upload(request) if request.body_exists else None,
            allow_redirects=False,
        )

    async def _upload(self, request: web.Request) -> AsyncIterator[bytes]:
        passage = Passage(self._link, "in")
        async for chunk in request.content.iter_any():
            yield await passage.carry(chunk)


def drop_range(request: web.Request, headers: CIMultiDict[str]) -> None:
    """Leave out the Range, unless the signature covers it."""
    if not is_signed(request, "range"):
        headers.popall("Range", None)


def is_signed(request: web.Request, name: str) -> bool:
    """Tell whether the signature of a request covers a header (lower case)."""
    signed = request.query.get("X-Amz-SignedHeaders", "")
    for part in request.headers.get("Authorization", "").split(","):
        key, _, names = part.strip().partition("=")
        signed = names if key == "SignedHeaders" else signed
    return name in signed.split(";")
