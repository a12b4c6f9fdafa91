"""The URLs that let a client talk to an S3 server itself, for one object and a short time."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from shared.catalog.servers import Server
    from shared.stores.stores import Stores

# Nothing else may get into a content security policy.
ORIGIN: Final = re.compile(r"https?://[a-z0-9.\-\[\]:]+")


def origins_of(servers: Iterable[Server]) -> list[str]:
    """Where browsers find the servers, each place once."""
    places = (urlsplit(server.public_endpoint) for server in servers)
    origins = (f"{place.scheme}://{place.netloc}".lower() for place in places)
    return sorted({origin for origin in origins if ORIGIN.fullmatch(origin)})


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
    stores: Stores, server: Server, key: str, presentation: Mapping[str, str], seconds: int
) -> str:
    """Sign a GET; `presentation` is what the server shall say of the object."""
    return stores.presign(server, "GET", key, seconds, query=presentation)
