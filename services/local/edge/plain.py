"""The edge of a server that needs no help: only what is wrong with the city is added."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import web
from multidict import CIMultiDict

from services.local.edge import answers
from services.local.edge.fault import Passage

if TYPE_CHECKING:
    from services.local.edge.fault import Link
    from services.local.edge.forward import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainEdge:
    """The front of a node that knows ranges, conditions, CORS and notifications itself."""

    node: Node
    link: Link

    async def serve(self, request: web.Request) -> web.StreamResponse:
        """Answer any request to the city with what the node answers."""
        if request.transport is not None:
            await self.link.enter(request.transport)
        try:
            answer = await self.node.ask(request)
        except (aiohttp.ClientError, TimeoutError):
            return answers.refusal(
                HTTPStatus.SERVICE_UNAVAILABLE, "ServiceUnavailable", "The server does not answer"
            )
        async with answer:
            return await self._pass_back(request, answer)

    async def _pass_back(
        self, request: web.Request, answer: aiohttp.ClientResponse
    ) -> web.StreamResponse:
        headers = CIMultiDict(answer.headers)
        for name in answers.HOP_BY_HOP:
            headers.popall(name, None)
        response = web.StreamResponse(status=answer.status, headers=headers)
        await response.prepare(request)
        passage = Passage(self.link, "out")
        try:
            async for chunk in answer.content.iter_any():
                await response.write(await passage.carry(chunk))
        except aiohttp.ClientError:
            # Half an answer must not look like a whole one.
            if request.transport is not None:
                request.transport.abort()
        return response
