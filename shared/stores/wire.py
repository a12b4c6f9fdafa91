"""HTTP to S3 servers by presigned URLs: bytes stream through, redirects are refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING

import aiohttp
from aiohttp import ClientTimeout, hdrs
from yarl import URL

from shared.stores.errors import StoreUnavailable, code_of, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping

CONNECT_SECONDS = 3
READ_BUFFER = 262_144
# No error document of an S3 server is longer.
ERROR_BYTES = 16_384


class Wire:
    """One pool of connections to all servers; opened by its first use."""

    def __init__(self) -> None:
        self._session: aiohttp.ClientSession | None = None

    async def send(
        self,
        method: str,
        url: str,
        *,
        silence_seconds: float,
        body: bytes | AsyncIterable[bytes] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> aiohttp.ClientResponse:
        """Send one request; a successful answer, to be closed by the caller, or StoreError.

        `silence_seconds` is the longest wait for the next bytes of the answer.
        """
        timeout = ClientTimeout(sock_connect=CONNECT_SECONDS, sock_read=silence_seconds)
        try:
            response = await self._open().request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, OSError) as error:
            raise unavailable(method, error) from error
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response
        async with response:
            raise refusal(response.status, await _error_code(response), method)

    async def close(self) -> None:
        """Close all connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.TCPConnector(limit=0, ttl_dns_cache=10),
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=(hdrs.CONTENT_TYPE, hdrs.USER_AGENT, hdrs.ACCEPT),
                # Objects come as they are stored, whatever their Content-Encoding says.
                headers={hdrs.ACCEPT_ENCODING: "identity"},
                auto_decompress=False,
                read_bufsize=READ_BUFFER,
            )
        return self._session


def unavailable(what: str, error: Exception) -> StoreUnavailable:
    """Say in few words, and without the URL's signature, what the connection died of."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return StoreUnavailable(f"{what}: {reason}")


async def _error_code(response: aiohttp.ClientResponse) -> str:
    try:
        return code_of(await response.content.read(ERROR_BYTES))
    except (aiohttp.ClientError, OSError):
        return ""
