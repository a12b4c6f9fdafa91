"""What is said of processes that were watched for long."""

from __future__ import annotations

from dataclasses import replace

import pytest

from loadtest.capacity.trial import Trial
from loadtest.capacity.watch import Sample
from loadtest.report import Report, Row
from loadtest.soak.growth import MIB, measure_growth
from loadtest.soak.words import make_report

CALM = {"memory": 100 * MIB, "files": 60, "processes": 2}


def samples(attribute: str, *values: int) -> list[Sample]:
    return [sample(CALM | {attribute: value}) for value in values]


def sample(held: dict[str, int]) -> Sample:
    pids = {"storage": 2, "locust": 3}
    by_process = {unit: {"storage": value, "locust": 10 * value} for unit, value in held.items()}
    return Sample(
        **by_process, cpu={"storage": 0.5, "locust": 1.0}, machine=0.5, backlog=0, pids=pids
    )


@pytest.mark.parametrize(
    ("attribute", "values", "grown"),
    [
        ("memory", [50 * MIB] * 8 + [100 * MIB] * 32, []),
        ("memory", [(100 + number) * MIB for number in range(40)], ["MiB"]),
        ("files", [60] * 39 + [90], []),
        ("files", [60] * 8 + [90] * 4 + [60] * 12 + [90] * 16, []),
        ("files", [60 + 4 * number for number in range(40)], ["open files"]),
        ("processes", [2] * 24 + [5] * 16, ["processes"]),
    ],
    ids=("caches fill", "memory", "a moment", "a pool after a crowd", "files", "connections"),
)
def test_what_grows_is_named(attribute: str, values: list[int], grown: list[str]) -> None:
    growths = measure_growth(samples(attribute, *values))
    assert [one.unit for one in growths if not one.is_flat] == grown
    assert {one.process for one in growths} == {"storage"}


def test_the_report_says_what_failed_and_how_far_copies_were_behind() -> None:
    rows = [
        Row("copies in all cities", 10, 0, 1.0, (100, 200, 1300)),
        Row("all together", 1500, 2, 30.0, (1, 2, 3)),
    ]
    seen = samples("files", *[60] * 9, *[96] * 6)
    told = make_report(Trial(70, Report(rows, []), seen, []), measure_growth(seen))
    assert "Requests: 1,500, failed: 2." in told
    assert "p99 1,300 ms" in told
    assert "| storage | 100 | 100 | 60 | 96 | 2 | 2 |" in told
    assert "storage grew: 60 → 96 open files." in told


def test_a_process_that_was_started_again_is_told() -> None:
    seen = samples("memory", *[100 * MIB] * 8)
    later = [replace(one, pids={**one.pids, "storage": 4}) for one in seen]
    whole = Report([Row("all together", 1500, 0, 30.0, (1, 2, 3))], [])
    growths = measure_growth([*seen, *later])
    assert "started again" not in make_report(Trial(70, whole, seen, []), growths)
    told = make_report(Trial(70, whole, [*seen, *later], []), growths)
    assert "storage ended, or was started again." in told
