"""A person with a browser: drops a file on the page and sees it in three cities."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.world.stack import PROJECT, Stack

SCRIPT = PROJECT / "tests" / "e2e" / "browser" / "upload.mjs"
PICTURES = PROJECT / "reports" / "browser"
MOST_SECONDS = 120


@pytest.mark.browser
@pytest.mark.timeout(MOST_SECONDS + 30)
def test_a_file_is_dropped_and_three_cities_turn_green(stack: Stack) -> None:
    node = shutil.which("node")
    assert node, "Node is needed to drive the browser"
    account = next(who for who in stack.info["accounts"] if not who["is_superuser"])
    done = subprocess.run(
        [node, str(SCRIPT)],
        env={
            **os.environ,
            "MERIDIAN_ADDRESS": stack.info["address"],
            "MERIDIAN_USERNAME": account["username"],
            "MERIDIAN_PASSWORD": account["password"],
            "MERIDIAN_OUTPUT": str(PICTURES),
        },
        capture_output=True,
        text=True,
        timeout=MOST_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert list(Path(PICTURES).glob("*.png")), done.stdout
