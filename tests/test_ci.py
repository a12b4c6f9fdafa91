"""CI here and on GitHub are one list of steps, and what it uses is pinned."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def ci(*words: str) -> subprocess.CompletedProcess[str]:
    """Run the list with these words."""
    command = ["bash", str(PROJECT / ".ci" / "run"), *words]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_the_workflow_runs_every_step_and_no_other() -> None:
    workflow = (PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    (steps,) = re.findall(r"^ +step: \[(.*)\]$", workflow, re.MULTILINE)
    assert steps.split(", ") == ci("list").stdout.split()


def test_every_python_we_support_is_tested() -> None:
    workflow = (PROJECT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    project = (PROJECT / "pyproject.toml").read_text(encoding="utf-8")
    assert 'requires-python = ">=3.11,<3.14"' in project
    assert set(re.findall(r'"(3\.\d+)"', workflow)) == {"3.11", "3.12", "3.13"}


def test_a_step_that_is_not_there_is_named() -> None:
    done = ci("lint", "dance")
    assert done.returncode == 2
    assert done.stderr.startswith("There is no step dance; there are: lint types ")


def test_actions_are_pinned_by_commit_with_their_version() -> None:
    used = [
        line.partition("uses: ")[2].strip()
        for path in WORKFLOWS
        for line in path.read_text(encoding="utf-8").splitlines()
        if "uses: " in line
    ]
    assert len(used) > 4
    assert [one for one in used if not PINNED.fullmatch(one)] == []
