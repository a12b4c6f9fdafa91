"""The Caddyfile: the page, the services behind it, and what nobody should get through."""

from __future__ import annotations

import asyncio
import contextlib
import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest
import pytest_asyncio
from aiohttp import web

from services.local.process.child import start_child
from services.local.process.guard import start_guard
from services.local.process.ports import LOOPBACK, keep_ports
from services.local.run.home import open_home
from services.local.servers.caddy import CADDYFILE, Gateway
from tests.world.calm import PATIENCE_SECONDS

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.asyncio(loop_scope="module")

STORAGE = "/storage/api/v1"


def hastier(folder: Path) -> Path:
    """The Caddyfile with a shorter time for bodies."""
    text = CADDYFILE.read_text()
    assert "read_body 40s" in text
    copy = folder / "Caddyfile"
    copy.write_text(text.replace("read_body 40s", "read_body 3s"))
    return copy


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def gateway(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[aiohttp.ClientSession]:
    """A gateway with a page and one service behind it; the other one is not there."""
    home = open_home(tmp_path_factory.mktemp("gateway"))
    page = home.subfolder("a page")
    (page / "index.html").write_text("<!doctype html><title>page</title>")
    (page / "link.html").write_text("<!doctype html><title>link</title>")
    (page / "request.html").write_text("<!doctype html><title>request</title>")
    (page / "assets").mkdir()
    (page / "assets" / "app-1a2b.js").write_text("let page = 1;\n" * 1000)
    ports = keep_ports(home, ("gateway", "auth", "storage"))
    plan = Gateway(home.subfolder("gateway"), ports["gateway"], ports["auth"], ports["storage"])
    command = plan.command()
    command = replace(
        command,
        argv=(*command.argv[:-1], str(hastier(home.subfolder("gateway")))),
        env={**command.env, "MERIDIAN_WEB_ROOT": str(page)},
    )
    service = await serve(ports["storage"])
    with start_guard() as guard:
        child = await start_child(command, guard, home.logs)
        await child.until_ready()
        async with aiohttp.ClientSession(plan.address) as session:
            yield session
        await child.stop(5)
    await service.cleanup()


async def serve(port: int) -> web.AppRunner:
    """Run a service that tells what reached it."""
    app = web.Application(client_max_size=10**9)
    app.router.add_get(f"{STORAGE}/live", live)
    app.router.add_get(f"{STORAGE}/open", stay_open)
    app.router.add_post(f"{STORAGE}/refused", refuse)
    app.router.add_get(f"{STORAGE}/origins", origins)
    app.router.add_route("*", "/{path:.*}", echo)
    runner = web.AppRunner(app, shutdown_timeout=1)
    await runner.setup()
    await web.TCPSite(runner, LOOPBACK, port).start()
    return runner


async def echo(request: web.Request) -> web.Response:
    body = await request.read()
    told = {"path": request.raw_path, "headers": dict(request.headers), "size": len(body)}
    return web.json_response(
        told, headers={"X-Request-ID": request.headers.get("X-Request-ID", "")}
    )


async def origins(request: web.Request) -> web.Response:
    assert "Cookie" not in request.headers
    return web.Response(headers={"X-S3-Origins": "https://s3.example.com https://other.example"})


async def refuse(_: web.Request) -> web.Response:
    return web.Response(status=401)


async def live(request: web.Request) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    await response.write(b"event: first\n\n")
    await asyncio.sleep(5)
    return response


async def stay_open(request: web.Request) -> web.StreamResponse:
    """Say something now and then until nobody listens, as an open page has it."""
    response = web.StreamResponse(headers={"Content-Type": "text/event-stream"})
    await response.prepare(request)
    with contextlib.suppress(ConnectionResetError):
        while True:
            await response.write(b"event: first\n\n")
            await asyncio.sleep(0.2)
    return response


async def get(gateway: aiohttp.ClientSession, path: str, **more: Any) -> tuple[Any, str]:
    async with gateway.get(path, **more) as answer:
        return answer, await answer.text()


PAGES = [
    *("/", "/folders/0198a1c2", "/trash", "/shared", "/links", "/requests", "/history", "/cities"),
    *("/account", "/account/tokens", "/admin/people", "/films", "/films/7", "/login?next=/"),
    *("/register", "/forgot", "/reset/token"),
    "/invite/token",
]


@pytest.mark.parametrize("path", PAGES)
async def test_every_address_of_the_page_shows_it(
    gateway: aiohttp.ClientSession, path: str
) -> None:
    answer, text = await get(gateway, path)
    assert (answer.status, "<title>page</title>" in text) == (200, True)
    assert answer.headers["Cache-Control"] == "no-cache"
    policy = answer.headers["Content-Security-Policy"]
    assert "unsafe" not in policy
    assert "connect-src 'self' http://127.0.0.1:*" in policy
    assert "frame-ancestors 'none'" in policy
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert "Server" not in answer.headers


async def test_the_page_may_talk_to_the_servers_that_are_there_now(
    gateway: aiohttp.ClientSession,
) -> None:
    forged = {"X-S3-Origins": "https://evil.example", "Cookie": "secret=1"}
    answer, _ = await get(gateway, "/links", headers=forged)
    policy = answer.headers["Content-Security-Policy"]
    sources = "http://localhost:* https://s3.example.com https://other.example;"
    named = {one.split()[0] for one in policy.split("; ") if sources in f"{one};"}
    assert named == {"connect-src", "img-src", "media-src", "frame-src"}
    assert policy.count(sources) == len(named)
    assert "evil" not in policy


@pytest.mark.parametrize("path", ["/s/token", "/s/token/deep/inside"])
async def test_a_link_has_a_page_of_its_own(gateway: aiohttp.ClientSession, path: str) -> None:
    answer, text = await get(gateway, path)
    assert (answer.status, "<title>link</title>" in text) == (200, True)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "https://s3.example.com" in answer.headers["Content-Security-Policy"]


async def test_a_file_request_has_a_page_of_its_own(gateway: aiohttp.ClientSession) -> None:
    answer, text = await get(gateway, "/d/token")
    assert (answer.status, "<title>request</title>" in text) == (200, True)
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert "https://s3.example.com" in answer.headers["Content-Security-Policy"]


async def test_programs_download_by_the_address_of_a_link(gateway: aiohttp.ClientSession) -> None:
    _, text = await get(gateway, "/s/to-ken_1/dl")
    assert json.loads(text)["path"] == f"{STORAGE}/s/to-ken_1/download"


async def test_assets_are_kept_for_ever_and_packed(gateway: aiohttp.ClientSession) -> None:
    answer, _ = await get(gateway, "/assets/app-1a2b.js", headers={"Accept-Encoding": "gzip"})
    assert "immutable" in answer.headers["Cache-Control"]
    assert answer.headers["Content-Encoding"] == "gzip"
    missing, text = await get(gateway, "/assets/app-0000.js")
    assert (missing.status, "<title>" in text) == (404, False)
    assert "immutable" not in missing.headers.get("Cache-Control", "")


async def test_the_service_learns_the_real_peer(gateway: aiohttp.ClientSession) -> None:
    forged = {"X-Forwarded-For": "6.6.6.6", "X-Request-ID": "mine"}
    answer, text = await get(gateway, f"{STORAGE}/files?limit=1", headers=forged)
    told = json.loads(text)
    assert told["path"] == f"{STORAGE}/files?limit=1"
    assert told["headers"]["X-Forwarded-For"] == "127.0.0.1"
    assert answer.headers["X-Request-ID"] == "mine"
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.headers["Content-Security-Policy"].startswith("default-src 'none'")


async def test_the_swagger_page_may_start_its_script(gateway: aiohttp.ClientSession) -> None:
    answer, _ = await get(gateway, "/storage/api/doc")
    assert "script-src 'self' 'unsafe-inline'" in answer.headers["Content-Security-Policy"]


async def test_events_pass_at_once(gateway: aiohttp.ClientSession) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS), gateway.get(f"{STORAGE}/live") as answer:
        assert await answer.content.readline() == b"event: first\n"


async def test_the_page_learns_that_there_are_no_films(gateway: aiohttp.ClientSession) -> None:
    answer, text = await get(gateway, "/movies/api/there")
    assert (answer.status, answer.content_type) == (200, "application/json")
    assert json.loads(text) == {"is_there": False}


@pytest.mark.parametrize("path", ["/auth/api/v1/login", "/movies/api/v1/films"])
async def test_a_service_that_is_away_is_a_problem(
    gateway: aiohttp.ClientSession, path: str
) -> None:
    answer, text = await get(gateway, path)
    assert answer.status == 503
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert int(answer.headers["Retry-After"]) > 0
    problem = json.loads(text)
    assert (problem["code"], problem["status"]) == ("SERVICE_UNAVAILABLE", 503)
    assert problem["request_id"] == answer.headers["X-Request-ID"]
    assert problem["retry_after_seconds"] == int(answer.headers["Retry-After"])
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_huge_body_stops_at_the_gateway(gateway: aiohttp.ClientSession) -> None:
    async def body() -> AsyncIterator[bytes]:
        # A little more than 2 MB: were much more on its way when the answer comes, and the gateway
        # hangs up, the client might never read it.
        for _ in range(31):
            yield bytes(64 * 1024)

    last = {"Connection": "close"}
    async with gateway.post(f"{STORAGE}/uploads", data=body(), headers=last) as answer:
        assert answer.status == 413
        assert (await answer.json(content_type=None))["code"] == "BODY_TOO_LARGE"


async def test_the_page_comes_while_storage_is_away(tmp_path: Path) -> None:
    home = open_home(tmp_path)
    page = home.subfolder("a page")
    (page / "index.html").write_text("<!doctype html><title>page</title>")
    ports = keep_ports(home, ("gateway", "auth", "storage"))
    plan = Gateway(home.subfolder("gateway"), ports["gateway"], ports["auth"], ports["storage"])
    command = plan.command()
    command = replace(command, env={**command.env, "MERIDIAN_WEB_ROOT": str(page)})
    with start_guard() as guard:
        child = await start_child(command, guard, home.logs)
        await child.until_ready()
        async with aiohttp.ClientSession(plan.address) as session:
            answer, text = await get(session, "/links")
            assert (answer.status, "<title>page</title>" in text) == (200, True)
            assert (
                "connect-src 'self' http://127.0.0.1:*" in answer.headers["Content-Security-Policy"]
            )
            answer, text = await get(session, "/s/token/dl")
            assert answer.status == 503
        await child.stop(5)


NOWHERE = ["/metrics", "/readyz", "/nothing", "/files/deep", "/index.php", "/.env", "/folders"]


@pytest.mark.parametrize("path", NOWHERE)
async def test_an_unknown_path_is_404(gateway: aiohttp.ClientSession, path: str) -> None:
    answer, text = await get(gateway, path)
    assert (answer.status, text) == (404, "404 Not Found")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_a_person_who_went_astray_sees_the_page(gateway: aiohttp.ClientSession) -> None:
    answer, text = await get(gateway, "/nothing", headers={"Accept": "text/html,*/*;q=0.8"})
    assert (answer.status, "<title>page</title>" in text) == (404, True)
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_search_engines_are_asked_to_stay_away(gateway: aiohttp.ClientSession) -> None:
    answer, text = await get(gateway, "/robots.txt")
    assert (answer.status, answer.content_type) == (200, "text/plain")
    assert text.splitlines() == ["User-agent: *", "Disallow: /"]


async def test_whoever_sends_a_body_byte_by_byte_is_cut_off(gateway: aiohttp.ClientSession) -> None:
    async def drip() -> AsyncIterator[bytes]:
        while True:
            yield b"x"
            await asyncio.sleep(0.2)

    sending = gateway.post(f"{STORAGE}/refused", data=drip())
    async with asyncio.timeout(PATIENCE_SECONDS), sending as answer:
        assert answer.status == 401


async def test_head_tells_what_get_would(gateway: aiohttp.ClientSession) -> None:
    for path in ("/", "/robots.txt", f"{STORAGE}/files"):
        async with gateway.head(path) as answer:
            assert (answer.status, await answer.read()) == (200, b"")


async def test_an_open_page_does_not_hold_it_up(
    tmp_path: Path, gateway: aiohttp.ClientSession
) -> None:
    home = open_home(tmp_path)
    ports = keep_ports(home, ("gateway", "storage"))
    service = await serve(ports["storage"])
    plan = Gateway(home.subfolder("gateway"), ports["gateway"], 1, ports["storage"])
    with start_guard() as guard:
        child = await start_child(plan.command(), guard, home.logs)
        await child.until_ready()
        async with gateway.get(f"{plan.address}{STORAGE}/open") as answer:
            assert await answer.content.readline() == b"event: first\n"
            # Longer than its grace, and by itself.
            await child.stop(PATIENCE_SECONDS)
    assert child.process.returncode == 0
    await service.cleanup()


async def test_only_trusted_proxies_tell_where_people_are(
    tmp_path: Path, gateway: aiohttp.ClientSession
) -> None:
    """One more gateway in front, as a load balancer would stand there."""
    home = open_home(tmp_path)
    ports = keep_ports(home, ("front", "back", "storage"))
    service = await serve(ports["storage"])
    front = Gateway(home.subfolder("front"), ports["front"], ports["back"], ports["back"])
    back = Gateway(home.subfolder("back"), ports["back"], ports["storage"], ports["storage"])
    trusting = {"MERIDIAN_GATEWAY_TRUSTED_PROXIES": "127.0.0.1/32 10.0.0.0/8"}
    commands = (
        replace(front.command(), name="front", env={**front.command().env, **trusting}),
        replace(back.command(), name="back", env={**back.command().env, **trusting}),
    )
    with start_guard() as guard:
        children = [await start_child(command, guard, home.logs) for command in commands]
        for child in children:
            await child.until_ready()
        try:
            assert await address_seen(front, "6.6.6.6, 203.0.113.9, 10.1.2.3") == "203.0.113.9"
            assert await address_seen(back, "203.0.113.9") == "203.0.113.9"
            assert await address_seen(front, "not an address") == "127.0.0.1"
        finally:
            for child in children:
                await child.stop(5)
    await service.cleanup()


async def address_seen(gateway: Gateway, forwarded: str) -> str:
    """Tell which address a service behind sees."""
    headers = {"X-Forwarded-For": forwarded}
    async with (
        aiohttp.ClientSession(gateway.address) as session,
        session.get(f"{STORAGE}/files", headers=headers) as answer,
    ):
        seen: str = (await answer.json())["headers"]["X-Forwarded-For"]
        return seen
