"""HTTP to S3 servers by presigned URLs: bytes stream through, redirects are refused."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import aiohttp
from aiohttp import ClientTimeout, hdrs
from yarl import URL

from shared.stores.addresses import ANYWHERE
from shared.stores.errors import StoreRefused, StoreUnavailable
from shared.stores.refusals import code_of, refusal

if TYPE_CHECKING:
    from collections.abc import AsyncIterable, Mapping

    from shared.stores.addresses import AddressRules

CONNECT_SECONDS = 3
# Less than any `silence_seconds`: aiohttp's timer for the next bytes of an answer may run on after
# the answer, and a connection that it has fired on fails whoever is given it.
KEEP_SECONDS = 5
READ_BUFFER = 262_144
# No error document of an S3 server is longer.
ERROR_BYTES = 16_384
SHORT_BYTES = 1024


class Wire:
    """One pool of connections to all servers; opened by its first use."""

    def __init__(self, rules: AddressRules = ANYWHERE) -> None:
        self.rules = rules
        self._kept: aiohttp.ClientSession | None = None
        self._fresh: aiohttp.ClientSession | None = None

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
            response = await self._session(body).request(
                method,
                URL(url, encoded=True),
                data=body,
                headers=headers,
                timeout=timeout,
                allow_redirects=False,
            )
        except (aiohttp.ClientError, OSError) as error:
            raise unavailable(method, error) from error
        except ValueError as error:
            # A header that would break out of its line, for one.
            raise StoreRefused(f"{method}: {error}") from error
        if response.status < HTTPStatus.MULTIPLE_CHOICES:
            return response
        async with response:
            raise refusal(response.status, await _error_code(response), method)

    async def close(self) -> None:
        """Close all connections."""
        for session in (self._kept, self._fresh):
            if session is not None:
                await session.close()
        self._kept = self._fresh = None

    def _session(self, body: bytes | AsyncIterable[bytes] | None) -> aiohttp.ClientSession:
        """Choose connections: a stream cannot be sent again over another, so it gets a new one."""
        if body is None or isinstance(body, bytes):
            if self._kept is None:
                self._kept = _open(self.rules, keepalive_timeout=KEEP_SECONDS)
            return self._kept
        if self._fresh is None:
            self._fresh = _open(self.rules, force_close=True)
        return self._fresh


def _open(rules: AddressRules, **connections: Any) -> aiohttp.ClientSession:
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=0, ttl_dns_cache=10, socket_factory=rules.make_socket, **connections
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        skip_auto_headers=(hdrs.CONTENT_TYPE, hdrs.USER_AGENT, hdrs.ACCEPT),
        # Objects come as they are stored, whatever their Content-Encoding says.
        headers={hdrs.ACCEPT_ENCODING: "identity"},
        auto_decompress=False,
        read_bufsize=READ_BUFFER,
    )


async def read_short(answer: aiohttp.ClientResponse) -> bytes:
    """Read a body of few bytes, or as much of a longer one as tells that it is another."""
    body = b""
    try:
        async for piece in answer.content.iter_any():
            body += piece
            if len(body) > SHORT_BYTES:
                break
    except (aiohttp.ClientError, OSError) as error:
        raise unavailable("GET", error) from error
    return body[:SHORT_BYTES]


def unavailable(what: str, error: Exception) -> StoreUnavailable:
    """Say in few words, and without the URL's signature, what the connection died of."""
    reason = getattr(error, "strerror", None) or type(error).__name__
    return StoreUnavailable(f"{what}: {reason}")


async def _error_code(response: aiohttp.ClientResponse) -> str:
    try:
        return code_of(await response.content.read(ERROR_BYTES))
    except (aiohttp.ClientError, OSError):
        return ""
