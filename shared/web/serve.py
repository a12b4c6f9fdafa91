"""Runs an application in several processes that share one port, and stops them with grace."""

from __future__ import annotations

import asyncio
import os
import shutil
import socket
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

import structlog

from shared.web.family import FAILED, Family
from shared.web.process import AppFactory, Place, run_process

# The path of a socket has room for so many bytes on every system; TMPDIR may be longer.
LONGEST_SOCKET_PATH: Final = 103
SHORT: Final = Path("/tmp")  # noqa: S108 in it mkdtemp makes a folder of our own
RANDOM_BYTES: Final = 12  # what mkdtemp adds, and the name of a socket in it

log: structlog.typing.FilteringBoundLogger = structlog.get_logger()


def serve(factory: AppFactory, host: str, port: int, processes: int = 1) -> int:
    """Serve until SIGTERM or SIGINT; return the exit code: not 0 when a process failed.

    Each process makes its own application. Connections spread evenly over them (SO_REUSEPORT).
    """
    try:
        _refuse_taken(host, port)
    except OSError as error:
        log.error("cannot listen", host=host, port=port, error=str(error))
        return FAILED
    place = Place(host, port)
    if processes == 1:
        return _serve_here(factory, place)
    folder = _make_folder(host, port)
    try:
        return _serve_in_children(factory, replace(place, siblings=folder), folder, processes)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _make_folder(host: str, port: int) -> Path:
    """Make the folder for the processes' sockets, and remove what a kill left of earlier ones."""
    prefix = f"meridian-{host.replace(':', '_')}-{port}-"
    parent = Path(tempfile.gettempdir())
    if len(os.fsencode(parent / prefix)) + RANDOM_BYTES > LONGEST_SOCKET_PATH:
        parent = SHORT
    # The address is ours alone, so nobody uses them any more.
    for left in parent.glob(f"{prefix}*"):
        shutil.rmtree(left, ignore_errors=True)
    return Path(tempfile.mkdtemp(prefix=prefix, dir=parent))


def _refuse_taken(host: str, port: int) -> None:
    # With SO_REUSEPORT a second service would get half of the connections instead of an error.
    family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    with socket.socket(family, kind) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(address)


def _serve_here(factory: AppFactory, place: Place) -> int:
    try:
        asyncio.run(run_process(factory, place))
    except Exception as error:
        log.error("the process failed", process=place.name, exc_info=error)
        return FAILED
    return 0


def _serve_in_children(factory: AppFactory, place: Place, folder: Path, processes: int) -> int:
    lifeline, kept_open = os.pipe()

    def begin(name: str) -> int:
        os.close(kept_open)
        return _serve_here(factory, replace(place, name=name, lifeline=lifeline))

    def has_begun(name: str) -> bool:
        # Taken away, so that nobody asks it, and the next is not known by it.
        socket_path = folder / name
        found = socket_path.exists()
        socket_path.unlink(missing_ok=True)
        return found

    return Family(begin, has_begun).run(processes)
