"""What a page in a browser may do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from shared.stores.store import Store
    from tests.contract.s3.conftest import Answer, Client

ORIGIN = "https://files.example"


async def preflight(client: Client, key: str, method: str, headers: str) -> Answer:
    return await client.ask(
        "OPTIONS",
        client.url(method, key),
        headers={
            "Origin": ORIGIN,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": headers,
        },
    )


def allowed(answer: Answer, method: str, headers: str) -> bool:
    said = {name.lower(): text for name, text in answer.headers.items()}
    named = said.get("access-control-allow-headers", "").lower().replace(" ", "").split(",")
    return (
        answer.status in {200, 204}
        and said.get("access-control-allow-origin") in {"*", ORIGIN}
        and method in said.get("access-control-allow-methods", "")
        and ("*" in named or set(headers.split(",")) <= set(named))
    )


@pytest.mark.feature("cors")
@pytest.mark.parametrize("method", ["PUT", "GET"])
async def test_preflight(client: Client, key: str, method: str) -> None:
    assert allowed(await preflight(client, key, method, "content-type"), method, "content-type")
    await client.put(key, b"x")
    got = await client.ask("GET", client.url("GET", key), headers={"Origin": ORIGIN})
    assert got.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN}


@pytest.mark.feature("cors_headers")
async def test_preflight_of_more_headers(client: Client, key: str) -> None:
    headers = "content-type,if-none-match,x-amz-meta-file"
    assert allowed(await preflight(client, key, "PUT", headers), "PUT", headers)


@pytest.mark.feature("cors_etag")
async def test_etag_can_be_read(client: Client, key: str) -> None:
    url = client.url("PUT", key)
    answer = await client.ask("PUT", url, body=b"x", headers={"Origin": ORIGIN})
    exposed = answer.headers["Access-Control-Expose-Headers"].lower()
    assert "etag" in exposed or exposed == "*"


@pytest.mark.feature("set_cors")
async def test_set_cors(client: Client, store: Store, key: str) -> None:
    assert await store.bucket.allow_origins([ORIGIN])
    headers = "content-type,if-none-match"
    assert allowed(await preflight(client, key, "PUT", headers), "PUT", headers)
    url = client.url("PUT", key)
    answer = await client.ask("PUT", url, body=b"x", headers={"Origin": ORIGIN})
    assert answer.status == 200
    assert answer.headers["Access-Control-Allow-Origin"] in {"*", ORIGIN}
    asked = {"Origin": ORIGIN, "Range": "bytes=0-"}
    part = await client.ask("GET", client.url("GET", key), headers=asked)
    assert part.status == 206
    exposed = part.headers["Access-Control-Expose-Headers"].lower()
    assert "etag" in exposed
    assert "content-range" in exposed
