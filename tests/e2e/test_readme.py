"""What README.md offers to copy and paste works as it stands."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

from tests.world.places import BOSTON
from tests.world.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.world.people import Visitor
    from tests.world.stack import Stack

BLOCK = re.compile(r"^## A first upload by hand\n.*?^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
CITY = re.compile(r"^## A new city in 60 seconds\n.*?^```sh\n(.*?)^```$", re.DOTALL | re.MULTILINE)
SECONDS = 60


async def test_the_first_upload_goes_to_its_end(
    stack: Stack, visitors: dict[str, Visitor], tmp_path: Path
) -> None:
    block = BLOCK.search((PROJECT / "README.md").read_text())
    assert block is not None
    process = subprocess.run(
        ["sh", "-euc", block[1]],
        cwd=tmp_path,
        env={**os.environ, "MERIDIAN_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert process.returncode == 0, process.stderr
    city, completed, *states, content = process.stdout.splitlines()
    assert city in {"New York", "Vladivostok", "Cape Town"}
    assert '"state":"stored"' in completed
    assert {line.partition(": ")[0] for line in states} == {"new-york", "vladivostok", "cape-town"}
    assert "ready" in {line.partition(": ")[2] for line in states}
    assert content == "hello"
    files = await visitors[BOSTON].storage("GET", "/files")
    assert "hello.txt" not in {file["name"] for file in files["items"]}


async def test_a_city_is_added_filled_and_another_emptied(
    stack: Stack, visitors: dict[str, Visitor]
) -> None:
    readme = (PROJECT / "README.md").read_text()
    first, city = BLOCK.search(readme), CITY.search(readme)
    assert first is not None
    assert city is not None
    process = subprocess.run(
        ["sh", "-euc", f"{first[1]}\n{city[1].replace('.venv/bin/python', sys.executable)}"],
        cwd=PROJECT,
        env={**os.environ, "MERIDIAN_HOME": str(stack.home)},
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    (PROJECT / "headers.txt").unlink(missing_ok=True)
    admin = visitors["admin"]
    servers = {one["name"]: one for one in (await admin.storage("GET", "/servers"))["items"]}
    await admin.storage("DELETE", f"/servers/{servers['vladivostok']['id']}/drain", 204)
    await admin.storage("DELETE", f"/servers/{servers['frankfurt']['id']}")
    assert process.returncode == 0, process.stderr
    assert "online\n" in process.stdout
    assert '"signature"' in process.stdout.splitlines()[-1]
    assert servers["vladivostok"]["state"] == "draining"
