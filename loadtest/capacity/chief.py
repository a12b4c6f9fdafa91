"""Somebody who may see what waits, for longer than a token lives."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any, Final
from urllib.request import Request, urlopen

if TYPE_CHECKING:
    from loadtest.accounts import Account
    from loadtest.stack import Stack

TIMEOUT_SECONDS: Final = 5
# Logged in again when the token has so long to live.
SPARE_SECONDS: Final = 60


class Chief:
    """Signed in as long as there are questions; URLError and TimeoutError when nobody answers."""

    def __init__(self, stack: Stack, account: Account) -> None:
        self._stack = stack
        self._account = account
        self._token = ""
        self._renew_at = 0.0

    def ask(self, path: str) -> Any:
        """Ask the files API; its JSON."""
        if time.monotonic() >= self._renew_at:
            self._log_in()
        bearer = {"Authorization": f"Bearer {self._token}"}
        return _read(Request(f"{self._stack.storage}{path}", headers=bearer))  # noqa: S310

    def _log_in(self) -> None:
        login = {"username": self._account.username, "password": self._account.password}
        body = json.dumps(login).encode()
        headers = {"Content-Type": "application/json"}
        tokens = _read(Request(f"{self._stack.auth}/login", body, headers))  # noqa: S310
        self._token = tokens["access_token"]
        self._renew_at = time.monotonic() + tokens["expires_in"] - SPARE_SECONDS


def _read(request: Request) -> Any:
    with urlopen(request, timeout=TIMEOUT_SECONDS) as answer:  # noqa: S310 on loopback
        return json.load(answer)
