"""A person who gives most of what they have to others, and those who come for it."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Any

from locust import task

from loadtest.scenarios.guest import Guest
from loadtest.scenarios.person import FOLDER, Person
from loadtest.scenarios.transfer import fetch_bytes

if TYPE_CHECKING:
    from locust.env import Environment

    from loadtest.scenarios.content import Sent

MOST_LINKS = 8


class Sharer(Person):
    """Keeps files here and makes links; whoever opens those has no account, and is anywhere."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._given: list[tuple[str, Sent]] = []
        self._folder: dict[str, Any] | None = None

    def leave(self, row: str) -> None:
        """End the link to the folder, which is there for the next one."""
        if self._folder is not None:
            self._session.call("DELETE", f"/links/{self._folder['id']}", "end a link")
            self._folder = None
        super().leave(row)

    @task(2)
    def give(self) -> None:
        """Make a link to a file, and one to the folder."""
        if not self._files:
            return
        file = random.choice(self._files)
        link = self._session.call("POST", f"/files/{file.id}/links", "make a link", {})
        if link is not None:
            self._given = [*self._given[1 - MOST_LINKS :], (link["url"], file)]
        if self._folder is None:
            self._give_folder()

    @task(12)
    def open_link(self) -> None:
        """Somebody opens a link and takes the bytes."""
        if self._given:
            url, file = random.choice(self._given)
            opened = Guest(self.client, url).open("open a link")
            if opened is not None:
                fetch_bytes(self.client, opened["url"], file)

    @task(8)
    def browse_shared(self) -> None:
        """Somebody looks into the shared folder and takes a file."""
        if self._folder is None or not self._files:
            return
        guest = Guest(self.client, self._folder["url"])
        if guest.open("open a shared folder") is None or guest.browse("list it") is None:
            return
        file = random.choice(self._files)
        opened = guest.open("open a file in it", f"/files/{file.id}")
        if opened is not None:
            fetch_bytes(self.client, opened["url"], file)

    def _give_folder(self) -> None:
        listed = self._session.call("GET", "/folders", "list folders")
        for folder in (listed or {}).get("items", ()):
            if folder["path"] == FOLDER:
                path = f"/folders/{folder['id']}/links"
                self._folder = self._session.call("POST", path, "make a link to a folder", {})

    def _delete(self, file: Sent) -> None:
        """What is deleted cannot be opened any more."""
        self._given = [given for given in self._given if given[1] != file]
        super()._delete(file)
