"""Asks other sites for JSON: within seconds, no more than some bytes, and never on to a third."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import aiohttp
import orjson

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.stores.addresses import AddressRules

LONGEST_SECONDS: Final = 5.0
MOST_BYTES: Final = 65_536
FIRST_REFUSAL: Final = 300
# What is packed may unpack to anything.
HEADERS: Final = {"Accept": "application/json", "Accept-Encoding": "identity"}


class OutboundError(Exception):
    """No answer of use: none at all, too late, too large, or not JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a site said; `body` is None where that is no JSON."""

    status: int
    headers: Mapping[str, str]
    body: Any


def open_session(rules: AddressRules | None = None) -> aiohttp.ClientSession:
    """Open a session that keeps no cookies and, with rules, connects only where it may."""
    make_socket = rules.make_socket if rules else None
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(socket_factory=make_socket),
        cookie_jar=aiohttp.DummyCookieJar(),
        timeout=aiohttp.ClientTimeout(total=LONGEST_SECONDS),
        headers=HEADERS,
        auto_decompress=False,
        trust_env=False,
    )


async def ask(
    session: aiohttp.ClientSession,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str] | None = None,
    form: Mapping[str, str] | None = None,
    payload: object = None,
) -> Answer:
    """Ask for JSON, by a form or a JSON body if one is given; OutboundError.

    A redirect is an answer like any other.
    """
    try:
        async with session.request(
            method, url, headers=headers, data=form, json=payload, allow_redirects=False
        ) as answer:
            raw = await _read(answer)
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError) as error:
        raise OutboundError(f"{url}: {error!r}") from error
    try:
        return Answer(answer.status, answer.headers, orjson.loads(raw))
    except orjson.JSONDecodeError:
        return Answer(answer.status, answer.headers, None)


async def ask_for_document(session: aiohttp.ClientSession, url: str) -> Answer:
    """Read a JSON object; OutboundError for every other answer."""
    answer = await ask(session, "GET", url)
    if answer.status >= FIRST_REFUSAL or not isinstance(answer.body, dict):
        raise OutboundError(f"{url}: no document, status {answer.status}")
    return answer


async def _read(answer: aiohttp.ClientResponse) -> bytes:
    raw = bytearray()
    async for chunk in answer.content.iter_any():
        raw += chunk
        if len(raw) > MOST_BYTES:
            raise OutboundError(f"{answer.url}: more than {MOST_BYTES} bytes")
    return bytes(raw)
