"""Whether a process that speaks no HTTP does its work, at /readyz; its figures at /metrics."""

from __future__ import annotations

from time import monotonic
from typing import TYPE_CHECKING, Final

from environs import EnvError
from prometheus_client import start_http_server

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

    from shared.env import SharedSettings

# So late may the next beat be.
GRACE_SECONDS: Final = 10
MISSED_BEATS: Final = 3


class Pulse:
    """Whether a process has lately done what it is there for; may be asked from any thread."""

    def __init__(self) -> None:
        self._next_by = 0.0

    @property
    def is_felt(self) -> bool:
        """Whether the next beat is not overdue."""
        return monotonic() < self._next_by

    def beat(self, every_seconds: float) -> None:
        """Say that it did it, and how often it means to."""
        self._next_by = monotonic() + GRACE_SECONDS + MISSED_BEATS * every_seconds


# Like the figures, there is one of it in a process.
PULSE: Final = Pulse()


def serve_metrics(shared: SharedSettings) -> None:
    """Offer the figures of this process and whether it works; port 0 means no. EnvError."""
    if not shared.metrics_port:
        return
    try:
        server, _ = start_http_server(shared.metrics_port, shared.metrics_host)
    except OSError as error:
        raise EnvError(f"MERIDIAN_METRICS_PORT {shared.metrics_port}: {error.strerror}") from error
    figures = server.get_app()
    assert figures is not None
    server.set_app(_with_readiness(figures))


def _with_readiness(figures: WSGIApplication) -> WSGIApplication:
    def answer(request: WSGIEnvironment, start: StartResponse) -> Iterable[bytes]:
        if request["PATH_INFO"] != "/readyz":
            return figures(request, start)
        status = "200 OK" if PULSE.is_felt else "503 Service Unavailable"
        start(status, [("Content-Type", "text/plain")])
        return [status.encode()]

    return answer
