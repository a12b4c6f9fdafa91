"""Reads through the edge: ranges, conditions, and the bytes on their way out."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from services.local.edge.answers import CORS, passed_headers, refusal
from services.local.edge.fault import Passage
from services.local.edge.forward import is_signed
from services.local.edge.validators import verdict

if TYPE_CHECKING:
    from services.local.edge.fault import Link
    from services.local.edge.forward import Node
    from services.local.edge.objects import StoredObject
    from services.local.edge.validators import ETags


@dataclass(frozen=True, slots=True)
class Reader:
    """What a reading takes: the node, what its objects are called, and the way to the client."""

    node: Node
    etags: ETags
    link: Link

    async def answer(
        self, request: web.Request, stored: StoredObject, *, whole: bool = False
    ) -> web.StreamResponse:
        """Answer a GET or HEAD of an object; `whole` without regard to a Range."""
        async with await self.node.ask(request, whole=whole) as got:
            head = web.StreamResponse(status=got.status, headers=passed_headers(got))
            if got.status == HTTPStatus.OK:
                head.headers["ETag"] = self.etags.of(stored.name, got.headers)
                head.set_status(verdict(request.headers, head.headers["ETag"], got.headers))
            elif got.status == HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE:
                head.headers["Content-Range"] = f"bytes */{stored.size}"
            if head.status == HTTPStatus.NOT_MODIFIED:
                return web.Response(
                    status=HTTPStatus.NOT_MODIFIED, headers={**CORS, "ETag": head.headers["ETag"]}
                )
            outdated = head.status == HTTPStatus.OK and "Content-Range" in head.headers
            if head.status == HTTPStatus.PRECONDITION_FAILED or (
                outdated and is_signed(request, "range")
            ):
                return refusal(
                    HTTPStatus.PRECONDITION_FAILED,
                    "PreconditionFailed",
                    "The object is another one",
                )
            if not outdated:
                return await _stream(request, got, head, self.link)
        return await self.answer(request, stored, whole=True)


async def _stream(
    request: web.Request, answer: aiohttp.ClientResponse, head: web.StreamResponse, link: Link
) -> web.StreamResponse:
    await head.prepare(request)
    if request.method == "HEAD":
        return head
    try:
        passage = Passage(link, "out")
        async for chunk in answer.content.iter_any():
            await head.write(await passage.carry(chunk))
    except aiohttp.ClientPayloadError as error:
        # Cut off, as the node was: ending well would make a short object look whole.
        raise ConnectionAbortedError("the node broke off") from error
    await head.write_eof()
    return head
