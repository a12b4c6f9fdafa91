"""Another revision of Meridian, measured in the same run on the same machine."""

from __future__ import annotations

import json
import os
import subprocess
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.figures import lay_out, number
from benchmarks.load import BenchmarkError
from benchmarks.rounds import middle
from loadtest.stack import PROJECT, outside_make

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from benchmarks.figures import Figure

HEADS: Final = ("what", "before", "now", "now / before", "cpu ms before", "now", "now / before")
REPORT: Final = "benchmarks-*.json"


@dataclass(frozen=True, slots=True)
class Before:
    """What the other revision reached; `cpu_ms` a request, where it was measured."""

    value: float
    more_is_better: bool
    cpu_ms: float | None


@contextmanager
def checked_out(revision: str) -> Iterator[Path]:
    """A copy of the project at a revision, ready to run, that is gone afterwards."""
    with tempfile.TemporaryDirectory(prefix="meridian-before-") as folder:
        place = Path(folder) / "meridian"
        run(("git", "clone", "--quiet", "--shared", "--no-checkout", PROJECT, place))
        run(("git", "-C", place, "checkout", "--quiet", "--detach", _commit(revision)))
        run(("make", "-C", place, "-s", "ready-to-work", "geoip", "web"))
        yield place


def measure_before(place: Path, part: str, seconds: float) -> dict[str, Before]:
    """Let the other revision measure itself with its own benchmarks, on a stack of its own.

    Nothing, when it does not have that part yet.
    """
    if part not in _describe_benchmarks(place):
        return {}
    arguments = f"ARGS=--part {part} --seconds {seconds:g}"
    with tempfile.TemporaryDirectory(prefix="meridian-") as home:
        run(("make", "-C", place, "-s", "bench", arguments), MERIDIAN_HOME=home)
    newest = max((place / "reports").glob(REPORT), key=lambda path: path.stat().st_mtime)
    figures = json.loads(newest.read_text(encoding="utf-8"))["figures"]
    return {
        figure["name"]: Before(figure["value"], figure["more_is_better"], figure["cpu_ms"])
        for figure in figures
    }


def compare(before: Sequence[Mapping[str, Before]], now: Sequence[Sequence[Figure]]) -> str:
    """A table of what both revisions measured; above 1 is better now, for CPU below 1.

    Medians of all rounds; a ratio is of one round, in which the machine was the same for both.
    """
    found = (_pairs(figure.name, before, now) for figure in now[0])
    return lay_out([HEADS, *(_cells(pairs) for pairs in found if pairs)])


def _describe_benchmarks(place: Path) -> str:
    python = place / ".venv" / "bin" / "python"
    command = (python, "-m", "benchmarks", "--help")
    return subprocess.run(command, cwd=place, capture_output=True, text=True, check=True).stdout


def _pairs(
    name: str, before: Sequence[Mapping[str, Before]], now: Sequence[Sequence[Figure]]
) -> list[tuple[Before, Figure]]:
    rounds = zip(before, now, strict=True)
    return [
        (there[name], figure)
        for there, here in rounds
        for figure in here
        if figure.name == name and name in there
    ]


def _cells(pairs: Sequence[tuple[Before, Figure]]) -> tuple[str, ...]:
    figure = pairs[0][1]
    return (
        figure.name,
        f"{number(middle(before.value for before, _ in pairs))} {figure.unit}",
        f"{number(middle(now.value for _, now in pairs))} {figure.unit}",
        *map(
            number,
            (
                middle(_ratio(before, now) for before, now in pairs),
                middle(before.cpu_ms for before, _ in pairs),
                middle(now.cpu_ms for _, now in pairs),
                middle(_cpu_ratio(before, now) for before, now in pairs),
            ),
        ),
    )


def _ratio(before: Before, now: Figure) -> float | None:
    if not before.value or not now.value:
        return None
    return now.value / before.value if now.more_is_better else before.value / now.value


def _cpu_ratio(before: Before, now: Figure) -> float | None:
    return now.cpu_ms / before.cpu_ms if now.cpu_ms and before.cpu_ms else None


def _commit(revision: str) -> str:
    found = subprocess.run(
        ("git", "-C", PROJECT, "rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}"),
        capture_output=True,
        text=True,
        check=False,
    )
    if found.returncode:
        raise BenchmarkError(f"there is no revision {revision}")
    return found.stdout.strip()


def run(command: Sequence[str | Path], **environment: str) -> None:
    """Run a command on the other revision; BenchmarkError when it fails."""
    try:
        subprocess.run(command, env={**outside_make(os.environ), **environment}, check=True)
    except subprocess.CalledProcessError as error:
        raise BenchmarkError(f"{' '.join(map(str, command))} failed") from error
