"""What the load test decides by itself: how many people when, and where nothing is sent."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from loadtest.report import make_table, read_report
from loadtest.shapes import SHAPES, people
from loadtest.stack import StackError, find_stack, is_loopback, use_stack

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("users", [1, 7, 100])
def test_shape_keeps_within_the_users_and_ends(shape: str, users: int) -> None:
    counts = [people(shape, second, 60, users) for second in range(60)]
    assert all(count is not None and 1 <= count <= users for count in counts)
    assert users in counts
    assert people(shape, 60, 60, users) is None


def test_steps_go_up_in_quarters() -> None:
    assert [people("steps", second, 8, 100) for second in range(8)] == [
        *(25, 25, 50, 50),
        *(75, 75, 100, 100),
    ]


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("http://127.0.0.1:9000/bucket/key?X-Amz-Signature=1", True),
        ("http://[::1]:8080", True),
        ("http://localhost:8080", True),
        ("http://192.168.0.1:8080", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1@example.com/", False),
        ("http://example.com", False),
    ],
)
def test_loads_only_this_machine(url: str, expected: bool) -> None:
    assert is_loopback(url) is expected


def test_refuses_another_address() -> None:
    with pytest.raises(StackError, match="not on this machine"), use_stack("http://10.0.0.1"):
        pytest.fail("it was accepted")


def test_finds_only_a_stack_that_runs(tmp_path: Path) -> None:
    assert find_stack(tmp_path) is None
    # What a kill left behind, when nobody has its number, and when somebody else has.
    for pid in (2**22 + 1, os.getpid()):
        run = {"address": "http://127.0.0.1:1", "pids": {"stack": pid}}
        (tmp_path / "run.json").write_text(json.dumps(run), encoding="utf-8")
        assert find_stack(tmp_path) is None


def test_table_shows_every_row_below_its_head(tmp_path: Path) -> None:
    figures = {
        "operations": [
            {
                "name": name,
                "requests": 1234,
                "failures": 1,
                "per_second": 20.5,
                "percentiles": [5.0, 38.4, 160.0],
            }
            for name in ("list files", "all together")
        ],
        "failures": [
            {"name": "list files", "error": "500 INTERNAL", "occurrences": 1},
            {"name": "list files", "error": "503 NO_SERVER", "occurrences": 2},
        ],
    }
    path = tmp_path / "figures.json"
    path.write_text(json.dumps(figures), encoding="utf-8")
    report = read_report(path)
    head, first, last = make_table(report.rows).splitlines()
    assert len(head) == len(first) == len(last)
    assert last.split() == ["all", "together", "1234", "1", "20.5", "5", "38", "160"]
    assert [failure.occurrences for failure in report.failures] == [2, 1]
