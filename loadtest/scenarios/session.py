"""A person's session: signed in, kept signed in, signed out; every request a row of the report."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from loadtest.scenarios.answers import is_good
from loadtest.world import somewhere

if TYPE_CHECKING:
    from locust.contrib.fasthttp import FastHttpSession

    from loadtest.accounts import Account

AUTH = "/auth/api/v1"
STORAGE = "/storage/api/v1"
# Renewed when it has so long to live.
SPARE_SECONDS = 60


class Session:
    """One signed-in device somewhere in the world."""

    def __init__(self, client: FastHttpSession, account: Account) -> None:
        self.origin = somewhere()
        self._client = client
        self._account = account
        self._access_token = ""
        self._refresh_token = ""
        self._renew_at = 0.0

    def log_in(self) -> None:
        """Log in with name and password."""
        body = {"username": self._account.username, "password": self._account.password}
        self._keep(self._send("POST", f"{AUTH}/login", "log in", body))

    def log_out(self, row: str) -> None:
        """End the session."""
        if self._access_token:
            self._send("POST", f"{AUTH}/logout", row)

    @property
    def headers(self) -> dict[str, str]:
        """What says who asks, and from where."""
        headers = {"X-Fake-IP": self.origin.ip}
        if self._access_token:
            headers["Authorization"] = f"Bearer {self._access_token}"
        return headers

    def call(
        self, method: str, path: str, row: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        """Call the files API; its JSON answer, or None after a failure or without content."""
        if time.monotonic() > self._renew_at:
            renewal = {"refresh_token": self._refresh_token}
            self._keep(self._send("POST", f"{AUTH}/refresh", "renew the session", renewal))
        return self._send(method, f"{STORAGE}{path}", row, body)

    def _send(
        self, method: str, path: str, row: str, body: dict[str, Any] | None = None
    ) -> dict[str, Any] | None:
        asking = self._client.request(
            method, path, name=row, json=body, headers=self.headers, catch_response=True
        )
        with asking as answer:
            content: dict[str, Any] | None = None
            if is_good(answer) and answer.content:
                content = answer.json()
            return content

    def _keep(self, tokens: dict[str, Any] | None) -> None:
        if tokens is not None:
            self._access_token = tokens["access_token"]
            self._refresh_token = tokens["refresh_token"]
            self._renew_at = time.monotonic() + tokens["expires_in"] - SPARE_SECONDS
