"""What the benchmarks measure with, on a real server."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from aiohttp import web

from benchmarks.against import Before, compare, run
from benchmarks.figures import Figure, Limit, make_table
from benchmarks.load import BenchmarkError, Load, http_request, put_load
from benchmarks.pump import NUMBER
from benchmarks.rounds import medians
from loadtest.processes import cpu_seconds

if TYPE_CHECKING:
    from pathlib import Path

    from aiohttp.test_utils import TestServer
    from pytest_aiohttp import AiohttpServer

OK = 200


@pytest.fixture
async def server(aiohttp_server: AiohttpServer) -> TestServer:
    """A server that remembers the bodies it got, and refuses what it has seen before."""
    seen: set[str] = set()

    async def take(request: web.Request) -> web.Response:
        body = await request.text()
        if body in seen:
            return web.json_response({"error": "again"}, status=409)
        seen.add(body)
        return web.json_response({"got": "x" * 100_000})

    app = web.Application()
    app.router.add_post("/", take)
    return await aiohttp_server(app)


async def test_counts_every_answer_once(server: TestServer) -> None:
    requests = [
        http_request("POST", str(server.make_url("/")), {}, f"body {number}")
        for number in range(50)
    ]
    outcome = await put_load(requests, Load(clients=8, seconds=None), (), OK)
    assert outcome.requests == 50
    assert 0 < outcome.p50 <= outcome.p99


async def test_numbers_its_requests(server: TestServer) -> None:
    request = http_request("POST", str(server.make_url("/")), {}, f"file {NUMBER.decode()}")
    outcome = await put_load([request], Load(clients=4, seconds=0.5), (os.getpid(),), OK)
    assert outcome.requests >= 4
    assert outcome.cpu_ms > 0


async def test_means_nothing_when_an_answer_is_another(server: TestServer) -> None:
    request = http_request("POST", str(server.make_url("/")), {}, "the same")
    with pytest.raises(BenchmarkError, match="409"):
        await put_load([request] * 3, Load(clients=1, seconds=None), (), OK)


def test_processor_time_goes_up() -> None:
    before = cpu_seconds([os.getpid()])
    while cpu_seconds([os.getpid()]) < before + 0.05:
        sum(range(10_000))


@pytest.mark.parametrize(("more_is_better", "ratio"), [(True, 0.5), (False, 2.0)])
def test_ratio_is_one_at_the_limit_and_less_below(more_is_better: bool, ratio: float) -> None:
    limit = Limit(name="raw", value=100)
    figure = Figure(name="x", value=50, unit="", limit=limit, more_is_better=more_is_better)
    assert figure.ratio == ratio


def test_table_has_a_line_a_figure() -> None:
    limit = Limit(name="raw", value=3075)
    lines = make_table(
        [
            Figure(name="list", value=271.4, unit="/s", limit=limit, p50=0.126, p99=17.35),
            Figure(name="log in", value=8.47, unit="/s"),
        ]
    ).splitlines()
    assert lines[1].split() == [
        "list",
        "271",
        "/s",
        "3075",
        "/s",
        "0.09",
        "0.13",
        "17.4",
        "–",
        "raw",
    ]
    assert lines[2].split() == ["log", "in", "8.47", "/s", *("–" * 5)]


def test_comparison_is_above_one_when_it_is_better_now() -> None:
    before = {"list": Before(100, True, 2.0), "copy": Before(30, False, None)}
    figures = [
        Figure(name="list", value=150, unit="/s", cpu_ms=1.0),
        Figure(name="copy", value=20, unit="ms", more_is_better=False),
        Figure(name="only now", value=1, unit="/s"),
    ]
    _, listed, copied = compare([before], [figures]).splitlines()
    assert listed.split() == ["list", "100", "/s", "150", "/s", "1.50", "2.00", "1.00", "0.50"]
    assert copied.split() == ["copy", "30.0", "ms", "20.0", "ms", "1.50", "–", "–", "–"]


def test_one_disturbed_round_of_three_decides_nothing() -> None:
    before = [
        {"list": Before(value, True, cpu)} for value, cpu in ((100, 2.0), (10, 20.0), (50, 4.0))
    ]
    now = [
        [Figure(name="list", value=value, unit="/s", p50=p50, cpu_ms=cpu)]
        for value, p50, cpu in ((120, 5.0, 1.8), (110, 6.0, 1.9), (60, None, 3.6))
    ]
    (row,) = medians(now)
    assert (row.value, row.p50, row.cpu_ms) == (110, 5.5, 1.9)
    _, listed = compare(before, now).splitlines()
    assert listed.split() == ["list", "50.0", "/s", "110", "/s", "1.20", "4.00", "1.90", "0.90"]


def test_an_inner_make_is_not_told_what_the_outer_one_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = ("AGAINST ?=", "ARGS ?=", "bench:", '\t@echo "$(AGAINST)|$(ARGS)" > said')
    (tmp_path / "Makefile").write_text("\n".join(lines))
    told = "AGAINST=HEAD~1 ARGS=-x"
    monkeypatch.setenv("MAKEFLAGS", f" -- {told}")
    for one in told.split():
        monkeypatch.setenv(*one.split("="))
    run(("make", "-C", tmp_path, "-s", "bench"))
    assert (tmp_path / "said").read_text() == "|\n"
    run(("make", "-C", tmp_path, "-s", "bench", "ARGS=--part opening"))
    assert (tmp_path / "said").read_text() == "|--part opening\n"
