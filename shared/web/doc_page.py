"""Swagger UI at `<prefix>/doc`, from files that come with swagger-ui-py: it works offline."""

from __future__ import annotations

import base64
import hashlib
import re
from dataclasses import dataclass
from functools import cache
from typing import Final

from aiohttp import hdrs, web
from swagger_ui.core import ApplicationDocument

INLINE_SCRIPT: Final = re.compile("<script>(.*?)</script>", re.DOTALL)
OPTIONS: Final = {
    "persistAuthorization": "true",
    "tryItOutEnabled": "true",
    "validatorUrl": "null",
    "defaultModelsExpandDepth": "0",
}


@dataclass(frozen=True, slots=True)
class DocPage:
    """The page as it is sent, and where the files that it loads are on disk."""

    html: str
    path: str
    files_path: str
    folder: str


def add_doc_page(app: web.Application, *, title: str, prefix: str) -> None:
    """Serve the page; people authorise with an access token."""
    page = _make_page(title, prefix)
    headers = {"Content-Security-Policy": _policy(page.html), hdrs.CONTENT_TYPE: "text/html"}

    async def show_page(_request: web.Request) -> web.Response:
        return web.Response(text=page.html, headers=headers)

    app.router.add_get(page.path, show_page)
    app.router.add_static(page.files_path, page.folder)


@cache
def _make_page(title: str, prefix: str) -> DocPage:
    page = ApplicationDocument(
        None, title=title, url_prefix=f"{prefix}/doc", config_rel_url="/openapi.json"
    )
    page.parameters.update(OPTIONS, url=f'"{prefix}/openapi.json"')
    return DocPage(page.doc_html, page.url_prefix, page.static_uri_absolute, page.static_dir)


def _policy(html: str) -> str:
    # The page has one inline script; naming its hash keeps every other one out.
    (script,) = INLINE_SCRIPT.findall(html)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'"
        "; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    )
