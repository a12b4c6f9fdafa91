"""The URLs that let a client talk to an S3 server itself, for one object and a short time."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.catalog.servers import Server
    from shared.stores.stores import Stores

# Browsers disagree about these inside quotes, escaped or not.
UNSAFE_IN_QUOTES = re.compile(r'["\\%;]')
# What RFC 8187 lets stand unescaped in an extended parameter value.
ATTR_CHAR = "!#$&+-.^_`|~"


def sign_upload(
    stores: Stores, server: Server, key: str, size: int, content_type: str, seconds: int
) -> tuple[str, Mapping[str, str]]:
    """Sign a PUT of exactly `size` bytes; the URL, and the headers the client has to send."""
    headers = {"Content-Type": content_type}
    if server.refuses_overwrites:
        headers["If-None-Match"] = "*"
    url = stores.presign(
        server, "PUT", key, seconds, signed_headers={**headers, "Content-Length": str(size)}
    )
    return url, headers


def sign_part(  # noqa: WPS211 a part has this many coordinates
    stores: Stores,
    server: Server,
    key: str,
    multipart_id: str,
    number: int,
    size: int,
    seconds: int,
) -> str:
    """Sign a PUT of one part of exactly `size` bytes."""
    query = {"partNumber": str(number), "uploadId": multipart_id}
    headers = {"Content-Length": str(size)}
    return stores.presign(server, "PUT", key, seconds, signed_headers=headers, query=query)


def sign_download(
    stores: Stores, server: Server, key: str, name: str, content_type: str, seconds: int
) -> str:
    """Sign a GET that a browser saves under the file's own name and never renders."""
    query = {
        "response-content-disposition": disposition(name),
        "response-content-type": content_type,
    }
    return stores.presign(server, "GET", key, seconds, query=query)


def disposition(name: str) -> str:
    """Content-Disposition of an attachment (RFC 6266) with any Unicode name (RFC 8187)."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    plain = UNSAFE_IN_QUOTES.sub(" ", plain).strip() or "file"
    encoded = quote(name, safe=ATTR_CHAR)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}"
