"""A page that somebody has open: it listens to what happens, and comes back when it is cut off."""

from __future__ import annotations

import time
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

import gevent  # type: ignore[import-untyped]
from geventhttpclient import HTTPClient

if TYPE_CHECKING:
    from loadtest.scenarios.session import Session

LIVE: Final = "/storage/api/v1/live"
ROW: Final = "open the live feed"
PAUSE_SECONDS: Final = 1.0
# The feed says something at least every 15 seconds.
SILENCE_SECONDS: Final = 40.0


class LivePage:
    """The live feed of one session."""

    def __init__(self, host: str, session: Session, reports: Any) -> None:
        self._host = host
        self._session = session
        self._reports = reports
        self._listening: Any = None

    def open(self) -> None:
        """Listen in the background."""
        self._listening = gevent.spawn(self._listen)

    def close(self) -> None:
        """Listen no more."""
        if self._listening is not None:
            self._listening.kill()
            self._listening = None

    def _listen(self) -> None:
        while True:
            began, since = time.time(), time.perf_counter()
            error: Exception | None = None
            client = HTTPClient.from_url(self._host, network_timeout=SILENCE_SECONDS)
            try:
                answer = client.get(LIVE, headers=self._session.headers)
                self._report(began, since, answer.status_code)
                _read_to_its_end(answer)
            except OSError as lost:
                error = lost
            finally:
                client.close()
            if error is not None:
                self._report(began, since, HTTPStatus.SERVICE_UNAVAILABLE, error)
            gevent.sleep(PAUSE_SECONDS)

    def _report(
        self, began: float, since: float, status: int, error: Exception | None = None
    ) -> None:
        if status != HTTPStatus.OK and error is None:
            error = RuntimeError(f"{status}")
        self._reports.fire(
            request_type="GET",
            name=ROW,
            start_time=began,
            response_time=1000 * (time.perf_counter() - since),
            response_length=0,
            exception=error,
            context={},
        )


def _read_to_its_end(answer: Any) -> None:
    line = True
    while line:
        line = answer.readline()
