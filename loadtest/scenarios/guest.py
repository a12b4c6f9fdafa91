"""Somebody without an account, who has the address of a link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from loadtest.scenarios.answers import is_good
from loadtest.scenarios.session import STORAGE
from loadtest.world import somewhere

if TYPE_CHECKING:
    from locust.contrib.fasthttp import FastHttpSession


class Guest:
    """Comes by a link from somewhere in the world, and shows the pass that opening it gave."""

    def __init__(self, client: FastHttpSession, url: str) -> None:
        self._client = client
        self._path = f"{STORAGE}/s/{url.rpartition('/')[2]}"
        self._headers = {"X-Fake-IP": somewhere().ip}

    def open(self, row: str, path: str = "") -> dict[str, Any] | None:
        """Open the link, or a file in its folder; None after a failure."""
        opened = self._send("POST", f"{path}/open", row, {})
        if opened is not None:
            self._headers["X-Link-Pass"] = opened["pass"]
        return opened

    def browse(self, row: str) -> dict[str, Any] | None:
        """List what is in the folder."""
        return self._send("GET", "/files", row)

    def _send(
        self, method: str, path: str, row: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        asking = self._client.request(
            method,
            f"{self._path}{path}",
            name=row,
            json=body,
            headers=self._headers,
            catch_response=True,
        )
        with asking as answer:
            return answer.json() if is_good(answer) else None
