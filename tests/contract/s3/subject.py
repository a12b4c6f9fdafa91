"""The S3 server under test, started as the local stack starts it."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

from services.local.process.child import PROJECT, Command
from services.local.process.ports import LOOPBACK, keep_ports
from services.local.process.programs import clean_environment
from services.local.process.ready import http_status
from services.local.servers.minio import MinioNode
from services.local.servers.node import Node
from services.local.servers.versitygw import VersityNode
from shared.signer import Credentials

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from services.local.process.guard import Guard
    from services.local.run.home import Home
    from services.local.servers.kinds import AnyNode

KEYS = Credentials("contract-key", "contract-secret-0123456789")
HOOK_SECRET = "hook-secret-0123456789abcdef"
READY_SECONDS = 30


@dataclass
class Hook:
    """A webhook that keeps what it is told; `status` is what it answers."""

    url: str = ""
    status: int = 204
    told: list[tuple[str | None, dict[str, Any]]] = field(default_factory=list)

    def wait_for(
        self, key: str, event: str, seconds: float
    ) -> tuple[str | None, dict[str, Any]] | None:
        """The record about a key (as sent) and the Authorization header it came with."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for secret, body in list(self.told):
                for record in body.get("Records") or ():
                    if event in record["eventName"] and key in record["s3"]["object"]["key"]:
                        return secret, record
            time.sleep(0.05)
        return None


class Listener(ThreadingHTTPServer):
    """Serves the webhook on a free loopback port."""

    daemon_threads = True

    def __init__(self, hook: Hook) -> None:
        super().__init__((LOOPBACK, 0), Handler)
        self.hook = hook
        hook.url = f"http://{LOOPBACK}:{self.server_port}/hook"


class Handler(BaseHTTPRequestHandler):
    """Keeps what is posted, unless the hook is to refuse it."""

    server: Listener

    def do_POST(self) -> None:
        """Take an event."""
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        hook = self.server.hook
        if hook.status < 300:
            hook.told.append((self.headers.get("Authorization"), json.loads(body or b"{}")))
        self.send_response(hook.status)
        self.end_headers()

    def do_HEAD(self) -> None:
        """Say that somebody is here."""
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Stay silent."""


@contextmanager
def listening() -> Iterator[Hook]:
    """Run a webhook on a loopback port."""
    hook = Hook()

    server = Listener(hook)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield hook
    server.shutdown()
    server.server_close()
    thread.join()


@dataclass
class Subject:
    """A running server of one kind."""

    kind: str
    endpoint: str
    hook: Hook
    commands: list[Command]
    guard: Guard
    logs: Path
    running: list[subprocess.Popen[bytes]] = field(default_factory=list)

    def start(self) -> None:
        """Start its processes and wait until they are ready."""
        for command in self.commands:
            log = (self.logs / f"{command.name}.log").open("ab")
            process = subprocess.Popen(
                command.argv,
                env=dict(command.env),
                stdout=log,
                stderr=log,
                cwd=PROJECT,
                process_group=self.guard.group,
                pass_fds=(self.guard.life,),
            )
            log.close()
            self.running.append(process)
            asyncio.run(_until_ready(command, process, self.logs))

    def stop(self, number: signal.Signals = signal.SIGTERM) -> None:
        """End them, the last first."""
        while self.running:
            process = self.running.pop()
            process.send_signal(number)
            process.wait(10)


async def _until_ready(command: Command, process: subprocess.Popen[bytes], logs: Path) -> None:
    deadline = time.monotonic() + READY_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        if await command.ready():
            return
        await asyncio.sleep(0.05)
    said = (logs / f"{command.name}.log").read_text(errors="replace")[-2000:]
    raise RuntimeError(f"{command.name} did not start:\n{said}")


def make_subject(kind: str, home: Home, hook: Hook, guard: Guard) -> Subject:
    """Put a server of a kind together, not started yet."""
    ports = keep_ports(home, ("node", "edge"))
    folder, access_key, secret_key = home.subfolder("node"), KEYS.access_key, KEYS.secret_key
    node: AnyNode
    if kind == "minio":
        node = MinioNode("s3", folder, ports["node"], access_key, secret_key, hook.url, HOOK_SECRET)
    elif kind == "versitygw":
        node = VersityNode("s3", folder, ports["node"], access_key, secret_key, hook.url)
    else:
        node = Node("s3", folder, ports["node"], access_key, secret_key)
    commands, endpoint = [node.command()], node.endpoint
    if kind == "rclone-edge":
        commands.append(_edge(node, ports["edge"], hook.url))
        endpoint = f"http://{LOOPBACK}:{ports['edge']}"
    return Subject(kind, endpoint, hook, commands, guard, home.logs)


def _edge(node: AnyNode, port: int, hook_url: str) -> Command:
    async def ready() -> bool:
        return await http_status(port) > 0

    argv = (sys.executable, "-m", "services.local.edge", "--port", str(port))
    more = ("--node", node.endpoint, "--folder", str(node.folder), "--hook-url", hook_url)
    secret = {"MERIDIAN_EDGE_HOOK_SECRET": HOOK_SECRET}
    return Command(name="edge", argv=(*argv, *more), env=clean_environment(**secret), ready=ready)


def chosen_kind() -> str:
    """The kind that MERIDIAN_CONTRACT_KIND asks for."""
    return os.environ.get("MERIDIAN_CONTRACT_KIND", "rclone-edge")
