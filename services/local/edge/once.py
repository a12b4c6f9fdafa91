"""Writing an object once: `If-None-Match: *`, which the node itself does not know."""

from __future__ import annotations

from contextlib import contextmanager
from http import HTTPStatus
from typing import TYPE_CHECKING

from services.local.edge.answers import refusal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from aiohttp import web

    from services.local.edge.objects import StoredObject


class OnceWriter:
    """Lets one conditional writer at a time have an object; all writers must pass this edge."""

    def __init__(self) -> None:
        self._writing: set[str] = set()

    @contextmanager
    def claim(self, request: web.Request, stored: StoredObject) -> Iterator[web.Response | None]:
        """Yield a refusal, or None when the request may go on and write."""
        if creates_once(request):
            with self._own(stored) as refused:
                yield refused
        else:
            yield None

    @contextmanager
    def _own(self, stored: StoredObject) -> Iterator[web.Response | None]:
        if stored.key in self._writing:
            yield refusal(HTTPStatus.CONFLICT, "ConditionalRequestConflict", "It is being written")
        elif stored.exists:
            yield refusal(HTTPStatus.PRECONDITION_FAILED, "PreconditionFailed", "It exists already")
        else:
            self._writing.add(stored.key)
            try:
                yield None
            finally:
                self._writing.discard(stored.key)


def creates_once(request: web.Request) -> bool:
    """Tell whether a request makes an object, and only a new one."""
    creating = "POST" if "uploadId" in request.query else "PUT"
    return request.method == creating and request.headers.get("If-None-Match") == "*"
