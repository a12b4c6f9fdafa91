"""One request through the edge, from the fault to the event."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web

from services.local.edge import answers, event
from services.local.edge.fault import DROP, REPEAT
from services.local.edge.objects import object_of
from services.local.edge.reading import Reader

if TYPE_CHECKING:
    from pathlib import Path

    from services.local.edge.fault import Link
    from services.local.edge.forward import Node
    from services.local.edge.hook import Hook
    from services.local.edge.objects import StoredObject
    from services.local.edge.once import OnceWriter
    from services.local.edge.validators import ETags

READS = frozenset(("GET", "HEAD"))
COMPLETED = re.compile("<CompleteMultipartUploadResult.*?<ETag>(.*?)</ETag>", re.DOTALL)


@dataclass(frozen=True, slots=True, kw_only=True)
class Edge:
    """The front of a node whose objects lie below `folder`."""

    node: Node
    folder: Path
    link: Link
    hook: Hook
    etags: ETags
    once: OnceWriter

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer any request to the city."""
        if request.transport is not None:
            await self.link.enter(request.transport)
        permitted = answers.preflight(request)
        if permitted is not None:
            return permitted
        stored = object_of(request, self.folder)
        try:
            return await self._pass(request, stored)
        except (aiohttp.ClientError, TimeoutError):
            return answers.refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", "The server does not answer"
            )

    async def _pass(self, request: web.Request, stored: StoredObject | None) -> web.StreamResponse:
        if stored is not None and request.method in READS:
            return await Reader(self.node, self.etags, self.link).answer(request, stored)
        if stored is None:
            return await self._copy_answer(request)
        with self.once.claim(request, stored) as refused:
            return refused or await self._write(request, stored)

    async def _copy_answer(self, request: web.Request) -> web.Response:
        async with await self.node.ask(request) as answer:
            headers = answers.passed_headers(answer)
            return web.Response(status=answer.status, headers=headers, body=await answer.read())

    async def _write(self, request: web.Request, stored: StoredObject) -> web.Response:
        response = await self._copy_answer(request)
        name = event.event_name(request.method, request.query, request.headers)
        if name is None or response.status >= HTTPStatus.BAD_REQUEST:
            return response
        etag = response.headers.get("ETag", "")
        if name == event.COMPLETE:
            # It may say 200 and then fail in the body.
            done = COMPLETED.search(response.text or "")
            if done is None:
                return response
            etag = html.unescape(done[1])
        self._report(name, stored, etag)
        return response

    def _report(self, name: str, stored: StoredObject, etag: str) -> None:
        if name == event.DELETE:
            # As little as from MinIO: of new objects only Meridian wants to hear.
            self.etags.forget(stored.name)
            return
        if etag:
            self.etags.remember(stored.name, etag)
        else:
            self.etags.forget(stored.name)
        told = {DROP: 0, REPEAT: 2}.get(self.link.fault.events or "", 1)
        for _ in range(told):
            self.hook.post(event.event_body(name, stored, etag))
