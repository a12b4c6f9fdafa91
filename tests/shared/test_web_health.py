"""Liveness, readiness and figures."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from shared.metrics import merge_metrics
from shared.web import health
from tests.shared.small_app import small_app

if TYPE_CHECKING:
    import pytest
    from aiohttp import web
    from pytest_aiohttp import AiohttpClient


async def fine(_: web.Application) -> None:
    await asyncio.sleep(0)


async def failing(_: web.Application) -> None:
    raise RuntimeError("postgresql://user:password@host")


async def hanging(_: web.Application) -> None:
    await asyncio.sleep(60)


async def test_alive_although_nothing_else_is(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(small_app(probes={"database": failing}))
    async with client.get("/healthz") as answer:
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})


async def test_ready_when_all_parts_answer(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(small_app(probes={"database": fine, "redis": fine}))
    async with client.get("/readyz") as answer:
        assert answer.status == 200
        assert (await answer.json())["checks"] == {"database": "ok", "redis": "ok"}


async def test_not_ready_says_which_part_and_no_more(
    aiohttp_client: AiohttpClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "PROBE_SECONDS", 0.1)
    probes = {"database": failing, "redis": hanging, "keys": fine}
    client = await aiohttp_client(small_app(probes=probes))
    async with client.get("/readyz") as answer:
        assert answer.status == 503
        assert await answer.json() == {
            "status": "not ready",
            "checks": {"database": "failed", "redis": "no answer", "keys": "ok"},
        }


async def test_figures_name_routes_and_never_paths(aiohttp_client: AiohttpClient) -> None:
    client = await aiohttp_client(small_app())
    for path in ("/test/api/v1/s/verysecret", "/verysecret", "/test/api/v1/missing"):
        async with client.get(path):
            pass
    async with client.get("/metrics") as answer:
        text = await answer.text()
    assert 'method="GET",route="/test/api/v1/s/{token}",status="200"' in text
    assert 'method="GET",route="unmatched",status="404"' in text
    assert 'method="GET",route="/test/api/v1/missing",status="404"' in text
    assert "verysecret" not in text


def test_texts_of_processes_become_one() -> None:
    text = (
        "# HELP calls_total Calls\n# TYPE calls_total counter\n"
        'calls_total{route="/a b{c}"} 1.0\ncalls_total{route="/d"} 2.0\n'
        "# HELP up Up\n# TYPE up gauge\nup 1.0\n"
    )
    merged = merge_metrics({"1": text, "2": text})
    families = {family.name: family for family in text_string_to_metric_families(merged)}
    assert sorted(families) == ["calls", "up"]
    assert merged.count("# TYPE") == 2
    assert [sample.labels for sample in families["up"].samples] == [
        {"process": "1"},
        {"process": "2"},
    ]
    assert {"process": "2", "route": "/a b{c}"} in [
        sample.labels for sample in families["calls"].samples
    ]
