"""The verdict as a page of its own, and as Markdown; nothing is loaded from elsewhere."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

from loadtest.capacity.chart import draw
from loadtest.capacity.promises import ALL, FEWEST, P95, TRANSFERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from loadtest.capacity.chart import Lines, Points
    from loadtest.capacity.trial import Trial
    from loadtest.capacity.verdict import Verdict

MIB: Final = 1_048_576
HEADS: Final = ("people", "holds", "requests/s", "p95 ms", "failed", "machine", "waiting copies")
STYLE: Final = """
body { font: 15px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto;
  padding: 0 1rem; color: #1e1b3a; background: #fff }
table { border-collapse: collapse; margin: 1rem 0 }
td, th { padding: .25rem .75rem; text-align: right; border-bottom: 1px solid #ddd }
td:first-child, th:first-child { text-align: left }
figure { margin: 2rem 0 } figcaption { font-weight: 600 }
svg text { font-size: 11px; fill: #555 }
li span { display: inline-block; width: .8em; height: .8em; margin-right: .4em }
ul { list-style: none; padding: 0; columns: 2 }
"""


def make_markdown(verdict: Verdict, before: int | None) -> str:
    """The verdict and its table."""
    lines = [HEADS, ("---",) * len(HEADS), *map(_cells, verdict.trials)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in lines)
    return "\n\n".join(["# Capacity", *_words(verdict, before), table, _conditions(verdict)])


def make_html(verdict: Verdict, before: int | None) -> str:
    """The same with charts over the number of people."""
    words = "".join(f"<p>{escape(text)}</p>" for text in _words(verdict, before))
    rows = "".join(_row("td", _cells(trial)) for trial in verdict.trials)
    table = f"<table><thead>{_row('th', HEADS)}</thead><tbody>{rows}</tbody></table>"
    trials = sorted(verdict.trials, key=lambda trial: trial.people)
    charts = "".join(draw(title, lines) for title, lines in _charts(trials).items())
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>Capacity</title>'
        f"<style>{STYLE}</style><h1>Capacity</h1>{words}{table}{charts}"
        f"<p>{escape(_conditions(verdict))}</p></html>\n"
    )


def _words(verdict: Verdict, before: int | None) -> list[str]:
    words = verdict.words()
    if before:
        words.append(f"The run before found {before:,}: {verdict.people / before - 1:+.0%}.")
    return words


def _conditions(verdict: Verdict) -> str:
    return (
        f"Everybody acts every {verdict.conditions.think:g} seconds or so, has a page open and a "
        f"folder of many files; revision {verdict.conditions.revision}. Servers, database and "
        "people share this machine."
    )


def _cells(trial: Trial) -> list[str]:
    return [
        f"{trial.people:,}",
        "yes" if trial.holds else trial.broken[0],
        f"{trial.whole.per_second:.0f}",
        f"{trial.whole.percentiles[P95]:.0f}",
        str(trial.whole.failures),
        f"{trial.machine:.0%}",
        "unknown" if trial.backlog is None else f"{trial.backlog:,}",
    ]


def _row(cell: str, texts: Sequence[str]) -> str:
    return f"<tr>{''.join(f'<{cell}>{escape(text)}</{cell}>' for text in texts)}</tr>"


def _charts(trials: Sequence[Trial]) -> Mapping[str, Lines]:
    rows = {row.name for trial in trials for row in trial.report.rows if row.requests >= FEWEST}
    shown = sorted(name for name in rows if name != ALL and not name.startswith(TRANSFERS))
    names = trials[-1].names
    return {
        "p95 of each operation, ms": {name: _took(trials, name) for name in shown},
        "Processors in use, cores": {
            name: [(trial.people, trial.cpu(name)) for trial in trials] for name in names
        },
        "Memory, MiB": {
            name: [(trial.people, trial.memory(name) / MIB) for trial in trials] for name in names
        },
        "Copies that waited": {
            "copies": [
                (trial.people, trial.backlog) for trial in trials if trial.backlog is not None
            ]
        },
    }


def _took(trials: Sequence[Trial], name: str) -> Points:
    return [
        (trial.people, row.percentiles[P95])
        for trial in trials
        for row in trial.report.rows
        if row.name == name
    ]
