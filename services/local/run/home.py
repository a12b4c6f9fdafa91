"""$MERIDIAN_HOME: the one folder that holds all data, logs and secrets of a local stack."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

PRIVATE_FILE = 0o600
PRIVATE_FOLDER = 0o700


class LocalError(Exception):
    """Why the local stack cannot run, in words for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Home:
    """The folder of a local stack; use `open_home` to make one."""

    folder: Path

    @property
    def logs(self) -> Path:
        """Where the log of each process lies."""
        return self.folder / "logs"

    @property
    def run_file(self) -> Path:
        """Says how to reach a running stack; there only while one runs."""
        return self.folder / "run.json"

    def subfolder(self, name: str) -> Path:
        """Make the folder of one server, readable by its owner only."""
        folder = self.folder / name
        folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        return folder

    def read(self, name: str) -> dict[str, object]:
        """Read a JSON file of ours; empty when it is missing, LocalError when it is damaged."""
        path = self.folder / name
        try:
            content = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return {}
        except ValueError as error:
            raise _damaged(path, str(error)) from error
        if not isinstance(content, dict):
            raise _damaged(path, "no JSON object")
        return content

    def read_passing(self, name: str) -> dict[str, object]:
        """Read a JSON file that is made anew when it is needed: empty when it is damaged, too."""
        try:
            return self.read(name)
        except LocalError:
            return {}

    def write(self, name: str, content: object) -> None:
        """Replace a JSON file at once, readable by its owner only."""
        part = self.folder / f"{name}.part"
        part.unlink(missing_ok=True)
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
        with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
            json.dump(content, stream, indent=2)
            stream.flush()
            os.fsync(descriptor)
        part.replace(self.folder / name)


def open_home(folder: Path) -> Home:
    """Make the folder when it is new; LocalError when that fails."""
    home = Home(folder.expanduser().resolve())
    try:
        home.folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        home.subfolder(home.logs.name)
        _try_writing(home.folder)
    except OSError as error:
        raise LocalError(f"MERIDIAN_HOME {home.folder} cannot be used: {error.strerror}") from error
    return home


def _damaged(path: Path, because: str) -> LocalError:
    return LocalError(
        f"{path} is damaged: {because}. It cannot be made anew: mend it, or put a copy in its place"
    )


def _try_writing(folder: Path) -> None:
    probe = folder / f".probe-{os.getpid()}"
    probe.write_bytes(b"\0")
    probe.unlink()
