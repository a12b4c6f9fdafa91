"""Commands that cannot do what they are asked say so in a sentence."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from benchmarks.__main__ import main as bench
from loadtest.capacity.__main__ import main as capacity
from loadtest.soak.__main__ import main as soak
from loadtest.stack import PROJECT
from services.local.__main__ import main as local

if TYPE_CHECKING:
    from pathlib import Path

    import click


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_a_file_without_a_name_is_asked_for(tmp_path: Path, command: str) -> None:
    done = CliRunner().invoke(local, ["--home", str(tmp_path), command, ""])
    assert done.exit_code == 2
    assert done.output.endswith("name a file: make backup FILE=…, make restore FILE=…\n")


@pytest.mark.parametrize(
    ("command", "words"),
    [(bench, []), (capacity, ["--most", "1"]), (soak, ["--people", "1", "--minutes", "0.1"])],
)
def test_without_proc_nothing_is_measured(
    command: click.Command, words: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "platform", "darwin")
    done = CliRunner().invoke(command, words, env={"MERIDIAN_HOME": str(tmp_path)})
    assert done.exit_code == 1
    assert done.output == "Error: what processes take is read from /proc, which only Linux has\n"


@pytest.mark.parametrize(
    ("word", "status", "said"),
    [("--help", 0, "usage: "), ("--version", 2, "unrecognized arguments: --version")],
)
def test_an_option_is_no_file_for_secrets(
    tmp_path: Path, word: str, status: int, said: str
) -> None:
    command = (sys.executable, "-m", "services.local.run.dotenv", word)
    done = subprocess.run(
        command,
        cwd=tmp_path,
        env={"PYTHONPATH": str(PROJECT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, list(tmp_path.iterdir())) == (status, [])
    assert said in done.stdout + done.stderr
