"""Somebody somewhere with an account: comes, looks around, and leaves."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from locust import FastHttpUser, task

from loadtest.accounts import read_accounts
from loadtest.options import AT_THE_END, LIBRARY, chosen_options
from loadtest.scenarios.live_page import LivePage
from loadtest.scenarios.session import Session

if TYPE_CHECKING:
    from locust.env import Environment

PAGE = 50
ONE_IN = 4
UNEVEN = (0.4, 1.6)


class Visitor(FastHttpUser):
    """Signed in to one of the accounts, again and again."""

    abstract = True
    network_timeout = 30.0
    connection_timeout = 5.0
    max_redirects = 0

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._options = chosen_options(environment)
        accounts = read_accounts(self._options.accounts)
        self._session = Session(self.client, random.choice(accounts))
        self._page = LivePage(
            self.environment.host or "", self._session, environment.events.request
        )

    def wait_time(self) -> float:
        """Seconds until the next act."""
        return self._options.think * random.uniform(*UNEVEN)

    def on_start(self) -> None:
        """Log in, and open the page that is told what happens."""
        self._session.log_in()
        if self._options.is_live:
            self._page.open()

    def on_stop(self) -> None:
        """Leave with all others; what is left is deleted when they are gone."""
        self.leave(AT_THE_END)

    def leave(self, row: str) -> None:
        """Close the page, and log out."""
        self._page.close()
        self._session.log_out(row)

    @task(1)
    def come_back(self) -> None:
        """Now and then end the session, and begin another one."""
        if now_and_then():
            self.leave("log out")
            self.on_start()

    @task(3)
    def look_around(self) -> None:
        """Open a big folder, and search in it."""
        if self._options.has_library:
            place = f"/files?folder=/{LIBRARY}&limit={PAGE}"
            self._session.call("GET", place, "list a big folder")
            if now_and_then():
                words = random.randrange(1000)
                self._session.call("GET", f"{place}&q=picture+{words}", "search in it")


def now_and_then() -> bool:
    """Whether it is time for what people do less often."""
    return random.randrange(ONE_IN) == 0
