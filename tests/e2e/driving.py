"""Runs what drives the page in a real browser."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from typing import TYPE_CHECKING

from tests.world.stack import PROJECT

if TYPE_CHECKING:
    from tests.world.stack import Stack

SCRIPTS = PROJECT / "tests" / "e2e" / "browser"


def account_of(stack: Stack, *, is_superuser: bool = True) -> dict[str, str]:
    """Who logs in to the page, as the scripts take it from their environment."""
    account = next(who for who in stack.info["accounts"] if who["is_superuser"] is is_superuser)
    return {
        "MERIDIAN_USERNAME": account["username"],
        "MERIDIAN_PASSWORD": account["password"],
    }


def drive(script: str, stack: Stack, seconds: int, **environment: str) -> str:
    """Run a script that drives the browser and may lose cities; give what it prints."""
    edges = {server["name"]: server["endpoint"] for server in stack.info["servers"]}
    node = shutil.which("node")
    assert node, "Node is needed to drive the browser"
    done = subprocess.run(
        [node, str(SCRIPTS / script)],
        env={
            **os.environ,
            "MERIDIAN_ADDRESS": stack.info["address"],
            "MERIDIAN_EDGES": json.dumps(edges),
            **environment,
        },
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout
