"""A person with files: looks around, uploads, downloads, renames, deletes."""

from __future__ import annotations

import random
import time
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from locust import task
from locust.runners import STATE_RUNNING, STATE_SPAWNING

from loadtest.figures import WAIT
from loadtest.scenarios.content import Sent, draw_body, hash_of
from loadtest.scenarios.transfer import fetch_bytes, send_bytes
from loadtest.scenarios.visitor import PAGE, Visitor, now_and_then

if TYPE_CHECKING:
    from locust.env import Environment

FOLDER = "/load"
# Enough to choose from; the oldest goes when there are more, so that no disk fills up.
MOST_FILES = 8
COPIES_SECONDS = 30.0
LOOK_SECONDS = 0.1
BUSY = frozenset((STATE_SPAWNING, STATE_RUNNING))


class Person(Visitor):
    """Keeps files here."""

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._files: list[Sent] = []

    @task(6)
    def browse(self) -> None:
        """Open the list, and now and then look where a file is."""
        self._session.call("GET", f"/files?folder={FOLDER}&limit={PAGE}", "list files")
        if self._files and now_and_then():
            path = f"/files/{random.choice(self._files).id}"
            self._session.call("GET", path, "show a file")
            self._session.call("GET", f"{path}/replicas", "show its copies")

    @task(3)
    def upload(self) -> None:
        """Upload new bytes to the nearest server; now and then wait for the copies."""
        body = draw_body()
        name = f"{uuid4().hex}.bin"
        wanted = {"name": name, "size": len(body), "folder": FOLDER}
        started = self._session.call("POST", "/uploads", "start an upload", wanted)
        if started is None or not send_bytes(self.client, started, body):
            return
        completing = f"/uploads/{started['id']}/complete"
        stored = self._session.call("POST", completing, "complete an upload")
        if stored is not None:
            self._files.append(Sent(stored["id"], name, len(body), hash_of(body)))
            if now_and_then():
                self._wait_for_copies(stored)
        if len(self._files) > MOST_FILES:
            self._delete(self._files[0])

    @task(4)
    def download(self) -> None:
        """Get a link, then the bytes from the server it names."""
        if not self._files:
            return
        file = random.choice(self._files)
        link = self._session.call("GET", f"/files/{file.id}/download", "get a download link")
        if link is not None:
            fetch_bytes(self.client, link["url"], file)

    @task(1)
    def rename(self) -> None:
        """Give a file another name."""
        if self._files:
            path = f"/files/{random.choice(self._files).id}"
            self._session.call("PATCH", path, "rename a file", {"name": f"{uuid4().hex}.bin"})

    @task(1)
    def delete(self) -> None:
        """Delete the oldest file."""
        if self._files:
            self._delete(self._files[0])

    def _delete(self, file: Sent) -> None:
        self._files.remove(file)
        self._session.call("DELETE", f"/files/{file.id}", "delete a file")

    def _wait_for_copies(self, stored: dict[str, Any]) -> None:
        """Look until every city has it; the time since it was stored is a row of its own."""
        began = time.time()
        since = time.perf_counter()
        error: Exception | None = None
        while not self._is_everywhere(stored["id"]):
            if self._is_going_home():
                return
            if time.perf_counter() - since > COPIES_SECONDS:
                error = TimeoutError(f"not after {COPIES_SECONDS:g} s")
                break
            time.sleep(LOOK_SECONDS)
        self.environment.events.request.fire(
            request_type=WAIT,
            name="copies in all cities",
            start_time=began,
            response_time=1000 * (time.perf_counter() - since),
            response_length=0,
            exception=error,
            context={},
        )

    def _is_everywhere(self, file_id: str) -> bool:
        seen = self._session.call("GET", f"/files/{file_id}", "show a file")
        return seen is not None and seen["replicas"]["ready"] == seen["replicas"]["wanted"]

    def _is_going_home(self) -> bool:
        """Whether the run is over."""
        runner = self.environment.runner
        return runner is None or runner.state not in BUSY
