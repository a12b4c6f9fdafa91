"""CI here and on GitHub are one list of steps, and what it uses is pinned."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[1]
WORKFLOWS = sorted((PROJECT / ".github" / "workflows").glob("*.yml"))
PINNED = re.compile(r"[\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")


def ci(*words: str, **changes: str) -> subprocess.CompletedProcess[str]:
    """Run the list with these words, with changes of the environment."""
    command = ["bash", str(PROJECT / ".ci" / "run"), *words]
    environment = {**os.environ, **changes}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False)


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


@pytest.mark.parametrize(
    ("closing", "status"),
    [
        ("1 deselected in 0.20s", 2),
        ("no tests ran in 0.10s", 2),
        ("no tests ran in 0.10s", 0),
        ("3 skipped in 0.20s", 0),
        ("", 0),
        ("1 failed, 2 passed in 3.00s", 2),
    ],
)
def test_a_suite_in_which_nothing_passed_is_no_success(
    tmp_path: Path, closing: str, status: int
) -> None:
    done = ci_with_make(tmp_path, closing, status)
    assert done.returncode != 0
    assert "all passed" not in done.stdout


def test_a_suite_that_passed_is_summed_up(tmp_path: Path) -> None:
    done = ci_with_make(tmp_path, "== 3 passed, 1 skipped in 1.20s ==", 0)
    assert done.returncode == 0
    assert "all passed" in done.stdout
    assert done.stdout.splitlines()[-1] == "== 3 passed, 1 skipped in 1.20s =="


def ci_with_make(folder: Path, closing: str, status: int) -> subprocess.CompletedProcess[str]:
    """Run one suite, where `make` only says how it ended."""
    make = folder / "make"
    make.write_text(f"#!/bin/sh\necho '{closing}'\nexit {status}\n")
    make.chmod(0o755)
    return ci("slow", PATH=f"{folder}{os.pathsep}{os.environ['PATH']}")
