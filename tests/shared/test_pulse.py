"""Readiness and figures of processes that speak no HTTP otherwise."""

from __future__ import annotations

import asyncio
import socket
from urllib.error import HTTPError
from urllib.request import urlopen

import pytest
from environs import EnvError

from shared import pulse
from shared.env import SharedSettings
from shared.pulse import Pulse, serve_metrics
from tests.free_port import free_port


def settings(port: int) -> SharedSettings:
    return SharedSettings("", "", (), "info", "json", metrics_port=port)


def ask(port: int, path: str) -> tuple[int, str]:
    try:
        with urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
            return answer.status, answer.read().decode()
    except HTTPError as error:
        return error.code, error.read().decode()


async def test_ready_between_beats(monkeypatch: pytest.MonkeyPatch) -> None:
    heart, port = Pulse(), free_port()
    monkeypatch.setattr(pulse, "PULSE", heart)
    monkeypatch.setattr(pulse, "GRACE_SECONDS", 0.1)
    serve_metrics(settings(port))
    assert ask(port, "/readyz") == (503, "503 Service Unavailable")
    heart.beat(every_seconds=0.1)
    assert ask(port, "/readyz") == (200, "200 OK")
    await asyncio.sleep(0.5)
    assert ask(port, "/readyz")[0] == 503
    status, figures = ask(port, "/metrics")
    assert status == 200
    assert "process_cpu_seconds_total" in figures


def test_a_taken_port_is_named() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(EnvError, match=f"MERIDIAN_METRICS_PORT {port}: Address already in use"):
            serve_metrics(settings(port))


def test_none_unless_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[object] = []
    monkeypatch.setattr(pulse, "start_http_server", lambda *place: asked.append(place))
    serve_metrics(settings(0))
    assert not asked
