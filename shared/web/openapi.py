"""The OpenAPI 3.1 document of a service. Nothing else knows aiohttp-apispec.

It speaks only Swagger 2.0 by itself, so its specification object is exchanged, and it spoils what
it reads, so every application describes its routes anew.
"""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from aiohttp import hdrs, web
from aiohttp_apispec import docs
from aiohttp_apispec.aiohttp_apispec import AiohttpApiSpec, resolver
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.web.access import Guard
from shared.web.operation import BEARER, operation_of
from shared.web.reply import encode, reply
from shared.web.taken_in import describe_object, describe_text, tell_the_rest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from marshmallow import Schema

    from shared.web.route import Route

VERSION: Final = "1"
ABOUT: Final = """
Refusals are problem details (RFC 9457): programs read `code` and the fields beside
it, people read `detail`. Lists come in pages: `next` of one is the `cursor` of the one behind it.
`X-Request-ID` names a request in answers and logs; a caller may choose it.

Any address may also answer 400 `REQUEST_REFUSED`, 405 `METHOD_NOT_ALLOWED`, 414 `URL_TOO_LONG`,
431 `HEADERS_TOO_LARGE` or 503 `REDIS_UNAVAILABLE`; the gateway in front of all services answers 413
`BODY_TOO_LARGE` above 2 MB and 503 `SERVICE_UNAVAILABLE` while a service is away.

A token comes from `POST /auth/api/v1/login` with a username and a password, or for programs from
`POST /auth/api/v1/me/tokens`; it is sent as `Authorization: Bearer <token>`."""
BEARER_SCHEME: Final = {
    "type": "http",
    "scheme": "bearer",
    "bearerFormat": "JWT",
    "description": "`access_token` of `POST /auth/api/v1/login`, or an API token",
}
OPENAPI: Final = "3.1.0"
OLD_KEYS: Final = frozenset({"produces", "schemas"})
Described: TypeAlias = "tuple[str, tuple[Route, ...]]"
# Applications of the same rows share one.
MADE: Final[dict[Described, bytes]] = {}
MAKING: Final = threading.Lock()


class Document(AiohttpApiSpec):  # type: ignore[misc]  # the library has no types
    """aiohttp-apispec that collects OpenAPI 3.1."""

    def __init__(self, title: str, guards: Iterable[Guard], bodies: Iterable[type[Schema]]) -> None:
        super().__init__(url=None, title=title, version=VERSION)
        self.bodies = bodies
        self.plugin = MarshmallowPlugin(schema_name_resolver=resolver)
        self.spec = APISpec(
            title,
            VERSION,
            OPENAPI,
            plugins=(self.plugin,),
            info={"description": ABOUT.strip()},
            servers=[{"url": "/", "description": "Where this document was found"}],
        )
        assert self.plugin.converter
        self.plugin.converter.add_attribute_function(describe_text)  # type: ignore[no-untyped-call]
        self.spec.components.security_scheme(BEARER, BEARER_SCHEME)
        for guard in guards:
            self.spec.components.security_scheme(guard.name, dict(guard.scheme))

    def of(self, app: web.Application) -> dict[str, Any]:
        """Describe all described routes of an application."""
        for route in app.router.routes():
            self._register_route(route, route.method.lower(), route.handler)
        document: dict[str, Any] = self.swagger_dict()
        for body in self.bodies:
            describe_object(body, document["components"]["schemas"][resolver(body)])
        tell_the_rest(document)
        return document

    def _update_paths(self, data: dict[str, Any], method: str, url_path: str) -> None:
        if method != hdrs.METH_HEAD.lower():
            operation = {name: piece for name, piece in data.items() if name not in OLD_KEYS}
            self.spec.path(path=url_path, operations={method: operation})


class Writer:
    """Writes the document of an application when it is first asked for: it takes half a second."""

    def __init__(
        self, app: web.Application, title: str, calls: Mapping[Route, Callable[..., Any]]
    ) -> None:
        self._app = app
        self._title = title
        self._calls = calls

    def read(self) -> bytes:
        """Give the document; any thread may ask."""
        key = (self._title, tuple(self._calls))
        with MAKING:
            if key not in MADE:
                MADE[key] = encode(self._write())
            return MADE[key]

    def _write(self) -> dict[str, Any]:
        for route, call in self._calls.items():
            docs(**operation_of(route))(call)
        rows = tuple(self._calls)
        guards = dict.fromkeys(row.permission for row in rows if isinstance(row.permission, Guard))
        bodies = dict.fromkeys(row.body for row in rows if row.body)
        return Document(self._title, guards, bodies).of(self._app)


DOCUMENT: Final = web.AppKey("document", Writer)


def add_document(
    app: web.Application, *, title: str, prefix: str, calls: Mapping[Route, Callable[..., Any]]
) -> None:
    """Serve the document at `<prefix>/openapi.json`; `calls` are what stands for the routes."""
    app[DOCUMENT] = Writer(app, title, calls)
    app.router.add_get(f"{prefix}/openapi.json", show_document)


async def show_document(request: web.Request) -> web.Response:
    """Give the OpenAPI document; others are answered while it is written."""
    return reply(await asyncio.to_thread(request.app[DOCUMENT].read))
