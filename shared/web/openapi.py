"""The OpenAPI 3.1 document of a service. Nothing else knows aiohttp-apispec.

It speaks only Swagger 2.0 by itself, so its specification object is exchanged, and it spoils what
it reads, so every application describes its routes anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from aiohttp import hdrs, web
from aiohttp_apispec import docs
from aiohttp_apispec.aiohttp_apispec import AiohttpApiSpec, resolver
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin

from shared.web.operation import BEARER, operation_of
from shared.web.reply import encode, reply

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from shared.web.access import Guard
    from shared.web.route import Route

VERSION: Final = "1"
OPENAPI: Final = "3.1.0"
OLD_KEYS: Final = frozenset({"produces", "schemas"})
DOCUMENT: Final = web.AppKey("document", bytes)


class Document(AiohttpApiSpec):  # type: ignore[misc]  # the library has no types
    """aiohttp-apispec that collects OpenAPI 3.1."""

    def __init__(self, title: str, guards: Iterable[Guard]) -> None:
        super().__init__(url=None, title=title, version=VERSION)
        self.plugin = MarshmallowPlugin(schema_name_resolver=resolver)
        self.spec = APISpec(title, VERSION, OPENAPI, plugins=(self.plugin,))
        self.spec.components.security_scheme(
            BEARER, {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"}
        )
        for guard in guards:
            self.spec.components.security_scheme(guard.name, dict(guard.scheme))

    def of(self, app: web.Application) -> dict[str, Any]:
        """Describe all described routes of an application."""
        for route in app.router.routes():
            self._register_route(route, route.method.lower(), route.handler)
        document: dict[str, Any] = self.swagger_dict()
        return document

    def _update_paths(self, data: dict[str, Any], method: str, url_path: str) -> None:
        if method != hdrs.METH_HEAD.lower():
            operation = {name: piece for name, piece in data.items() if name not in OLD_KEYS}
            self.spec.path(path=url_path, operations={method: operation})


def describe(route: Route, call: Callable[..., Any]) -> Callable[..., Any]:
    """Attach the description of a route to the function that is registered for it."""
    described: Callable[..., Any] = docs(**operation_of(route))(call)
    return described


def add_document(app: web.Application, *, title: str, prefix: str, guards: Iterable[Guard]) -> None:
    """Serve the document at `<prefix>/openapi.json`; it is made here, from the routes so far."""
    app[DOCUMENT] = encode(Document(title, guards).of(app))
    app.router.add_get(f"{prefix}/openapi.json", show_document)


async def show_document(request: web.Request) -> web.Response:
    """Give the OpenAPI document."""
    return reply(request.app[DOCUMENT])
