"""What is summed up of a run; Locust patches the standard library, so it has its own process."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

from loadtest.stack import PROJECT

if TYPE_CHECKING:
    from pathlib import Path

# One wait for copies, of ten looks; the last look and the wait fail.
SCRIPT = """
import sys
from types import SimpleNamespace
from locust.env import Environment
from loadtest.figures import WAIT, write_figures

environment = Environment()
stats = environment.stats
for number in range(10):
    stats.log_request("GET", "show a file", 20, 100)
stats.log_error("GET", "show a file", "503")
stats.log_request(WAIT, "copies in all cities", 30_000, 0)
stats.log_error(WAIT, "copies in all cities", "not after 30 s")
environment.parsed_options = SimpleNamespace(
    num_users=1, spawn_rate=1, seconds=1, count_from=0, shape="steady", think=1, live=False,
    library=False, accounts="", figures=sys.argv[1],
)
write_figures(environment)
"""


def test_a_wait_is_no_request(tmp_path: Path) -> None:
    path = tmp_path / "figures.json"
    subprocess.run((sys.executable, "-c", SCRIPT, path), cwd=PROJECT, check=True)
    told = json.loads(path.read_text(encoding="utf-8"))
    waits, looks, whole = told["operations"]
    assert (waits["name"], waits["requests"], waits["failures"]) == ("copies in all cities", 1, 1)
    assert (looks["requests"], looks["failures"]) == (10, 1)
    assert whole == {**looks, "name": "all together"}
