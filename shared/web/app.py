"""Makes the web application of a service out of its table of routes."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, TypeAlias

from aiohttp import web

from shared.web.client_ip import LOOPBACK, TRUSTED_PROXIES
from shared.web.doc_page import add_doc_page
from shared.web.errors import errors
from shared.web.headers import add_headers
from shared.web.health import Probe, add_health
from shared.web.observe import observe
from shared.web.openapi import add_document
from shared.web.routes import add_routes
from shared.web.streams import add_stopping

if TYPE_CHECKING:
    from shared.addresses import Network
    from shared.web.route import Route

Context: TypeAlias = Callable[[web.Application], AsyncIterator[None]]

NO_PROBES: Final[Mapping[str, Probe]] = MappingProxyType({})


def make_app(
    *,
    service: str,
    prefix: str,
    routes: Iterable[Route],
    contexts: Iterable[Context] = (),
    probes: Mapping[str, Probe] = NO_PROBES,
    trusted_proxies: Iterable[Network] = LOOPBACK,
) -> web.Application:
    """Make an application that serves `routes` below `<prefix>/v1`, its document and health.

    `contexts` open and close resources, in this order and the reverse one.
    """
    app = web.Application(middlewares=(observe, errors))
    app[TRUSTED_PROXIES] = tuple(trusted_proxies)
    app.on_response_prepare.append(add_headers)
    app.cleanup_ctx.extend(contexts)
    add_stopping(app)
    calls = add_routes(app, prefix, routes)
    add_document(app, title=f"Meridian {service}", prefix=prefix, calls=calls)
    add_doc_page(app, title=f"Meridian {service}", prefix=prefix)
    add_health(app, probes)
    return app
