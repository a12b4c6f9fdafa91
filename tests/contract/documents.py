"""The OpenAPI documents of the services, made without starting them.

The page's types are generated from them: `python -m tests.contract.documents` writes them to
`frontend/openapi`.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import orjson

from examples.movies.app import ROUTES as MOVIES_ROUTES
from services.auth.routes import ROUTES as AUTH_ROUTES
from services.storage.app import ROUTES as STORAGE_ROUTES
from shared.web.app import make_app
from shared.web.openapi import DOCUMENT
from shared.web.paths import PLACEHOLDER

if TYPE_CHECKING:
    from shared.web.route import Route

ROUTES = {"auth": AUTH_ROUTES, "storage": STORAGE_ROUTES, "movies": MOVIES_ROUTES}
FOLDER = Path(__file__).parent.parent.parent / "frontend" / "openapi"


def make_document(service: str) -> dict[str, Any]:
    app = make_app(service=service, prefix=f"/{service}/api", routes=ROUTES[service])
    document: dict[str, Any] = orjson.loads(app[DOCUMENT].read())
    return document


def written(service: str) -> bytes:
    """A document as it stands in its file: a line for each value, so that changes can be read."""
    return orjson.dumps(
        make_document(service), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
    )


def path_of(service: str, route: Route) -> str:
    """Fill the path of a route in, with things that do not exist."""
    given = {"number": "1", "server_name": "silent", "token": "t" * 43}

    def fill(placeholder: re.Match[str]) -> str:
        return given.get(placeholder.group(1)) or str(uuid4())

    return f"/{service}/api/v1{PLACEHOLDER.sub(fill, route.path)}"


def main() -> None:
    FOLDER.mkdir(exist_ok=True)
    for service in ROUTES:
        (FOLDER / f"{service}.json").write_bytes(written(service))


if __name__ == "__main__":
    main()
