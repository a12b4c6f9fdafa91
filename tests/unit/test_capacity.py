"""How the number of people is searched for, and what is said of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadtest.capacity.page import make_html, make_markdown
from loadtest.capacity.promises import Promises
from loadtest.capacity.search import CLOSE_ENOUGH, find_most
from loadtest.capacity.trial import Trial
from loadtest.capacity.verdict import Conditions, Verdict
from loadtest.capacity.watch import Sample
from loadtest.report import Failure, Report, Row

PROMISES = Promises()
HELD = (
    "This machine holds 70 people online (about 700 a day) at p95 ≤ 200 ms, "
    "while cape-town is lost."
)
ROW = "list files"


@dataclass(frozen=True)
class Held:
    holds: bool


@given(
    limit=st.integers(0, 3000),
    first=st.integers(1, 200),
    most=st.integers(1, 3000),
    leap=st.sampled_from([1.25, 2.0]),
)
def test_search_finds_the_limit_and_never_asks_twice(
    limit: int, first: int, most: int, leap: float
) -> None:
    asked: list[int] = []

    def attempt(people: int) -> Held:
        asked.append(people)
        return Held(people <= limit)

    found = find_most(attempt, first, most, leap)
    assert found <= min(limit, most)
    assert found + 1 >= min(limit + 1, most) / CLOSE_ENOUGH
    assert len(asked) == len(set(asked))
    assert max(asked) <= most


def report(took: float, *, requests: int = 100, failures: int = 0) -> Report:
    rows = [
        Row(ROW, requests, failures, 10.0, (1, took, took)),
        Row("S3: put 4 MiB", requests, 0, 10.0, (1, 9000, 9000)),
        Row("log in", requests, 0, 10.0, (1, 900, 900)),
        Row("log out at the end", requests, 0, 10.0, (1, 900, 900)),
        Row("all together", 3 * requests, failures, 30.0, (1, took, took)),
    ]
    return Report(rows, [Failure(ROW, "503 STORE_UNAVAILABLE", failures)] if failures else [])


@pytest.mark.parametrize(
    ("seen", "broken"),
    [
        (report(150), []),
        (report(250), ["“list files” took 250 ms (p95) instead of 200"]),
        (report(250, requests=3), []),
        (
            report(10, failures=3),
            ["1.00% of requests failed, most with: 503 STORE_UNAVAILABLE"],
        ),
    ],
    ids=("kept", "late", "too few to tell", "failures"),
)
def test_promises_are_broken_by_time_and_by_failures(seen: Report, broken: list[str]) -> None:
    assert PROMISES.broken_by(seen) == broken


def trial(people: int, took: float) -> Trial:
    one = {"storage": 1, "locust": 1}
    sample = Sample({"storage": people / 100, "locust": 0.2}, one, one, one, 0.5, 3, one)
    seen = report(took)
    return Trial(people, seen, [sample], PROMISES.broken_by(seen))


def test_verdict_says_how_many_and_what_the_limit_is() -> None:
    trials = [trial(50, 100), trial(100, 250), trial(75, 150)]
    verdict = Verdict([75, 70], trials, Conditions(PROMISES, 8, "cape-town", "abc"))
    assert verdict.words() == [
        HELD,
        "The first limit, at 100 people: “list files” took 250 ms (p95) instead of 200.",
        "The busiest process was then storage, with 1.00 cores.",
        "The searches found 75 and 70: 7% apart.",
    ]
    assert "| 50 | yes |" in make_markdown(verdict, None)
    assert "+17%" in make_markdown(verdict, 60)
    assert make_html(verdict, None).count("<figure>") == 4


def test_a_chart_says_when_nothing_is_to_be_drawn() -> None:
    seen = report(150, requests=3)
    few = Trial(5, seen, [], PROMISES.broken_by(seen))
    page = make_html(Verdict([5], [few], Conditions(PROMISES, 8, None, "abc")), None)
    assert "p95 of each operation, ms: too little was seen to tell" in page
    assert "Copies that waited: too little was seen to tell" in page
    assert "<td>unknown</td>" in page
    assert page.count("<figure>") == 2
