"""Swagger UI at `<prefix>/doc`, from files that come with swagger-ui-py: it works offline."""

from __future__ import annotations

import base64
import hashlib
import re
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


def add_doc_page(app: web.Application, *, title: str, prefix: str) -> None:
    """Serve the page; people authorise with an access token."""
    page = ApplicationDocument(
        app, title=title, url_prefix=f"{prefix}/doc", config_rel_url="/openapi.json"
    )
    page.parameters.update(OPTIONS, url=f'"{prefix}/openapi.json"')
    html: str = page.doc_html
    headers = {"Content-Security-Policy": _policy(html), hdrs.CONTENT_TYPE: "text/html"}

    async def show_page(_request: web.Request) -> web.Response:
        return web.Response(text=html, headers=headers)

    app.router.add_get(page.url_prefix, show_page)
    app.router.add_static(page.static_uri_absolute, page.static_dir)


def _policy(html: str) -> str:
    # The page has one inline script; naming its hash keeps every other one out.
    (script,) = INLINE_SCRIPT.findall(html)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return (
        f"default-src 'none'; script-src 'self' 'sha256-{digest}'; style-src 'self' 'unsafe-inline'"
        "; img-src 'self' data:; connect-src 'self'; frame-ancestors 'none'"
    )
