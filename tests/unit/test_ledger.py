"""The chain of hashes: what was changed shows, whatever it was."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone
from ipaddress import ip_address
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.ledger import GENESIS, Link, follow, next_link

WHEN = datetime(2026, 11, 25, 12, 0, 0, 123456, UTC)
ROWS: list[dict[str, Any]] = [
    {"id": UUID(int=number), "ip": ip_address("203.0.113.5"), "at": WHEN, "n": number, "x": None}
    for number in range(5)
]


def chained() -> list[tuple[Link, dict[str, Any]]]:
    links, last = [], GENESIS
    for row in ROWS:
        last = next_link(last, row)
        links.append((last, row))
    return links


def test_a_whole_chain_is_whole() -> None:
    rows = chained()
    assert follow(GENESIS, rows) == (rows[-1][0], None)
    assert follow(rows[1][0], rows[2:]) == (rows[-1][0], None)
    assert follow(GENESIS, []) == (GENESIS, None)


@pytest.mark.parametrize("place", range(5))
@pytest.mark.parametrize(
    "change", [{"n": 99}, {"at": WHEN + timedelta(microseconds=1)}, {"x": ""}, {"more": 1}]
)
def test_the_first_changed_row_is_named(place: int, change: dict[str, Any]) -> None:
    rows = chained()
    rows[place] = (rows[place][0], rows[place][1] | change)
    last, broken = follow(GENESIS, rows)
    assert (last.number, broken) == (place, place + 1)


def test_rows_cannot_be_taken_out_put_in_or_exchanged() -> None:
    rows = chained()
    assert follow(GENESIS, rows[1:])[1] == 1
    assert follow(GENESIS, [rows[0], *rows[2:]])[1] == 2
    assert follow(GENESIS, [*rows[:2], rows[1], *rows[2:]])[1] == 3
    assert follow(GENESIS, [rows[0], rows[2], rows[1], *rows[3:]])[1] == 2
    renumbered = replace(rows[2][0], number=2)
    assert follow(GENESIS, [rows[0], (renumbered, rows[2][1])])[1] == 2


def test_changed_row_with_a_new_hash_breaks_the_next() -> None:
    rows = chained()
    changed = ROWS[2] | {"n": 99}
    rows[2] = (next_link(rows[1][0], changed), changed)
    assert follow(GENESIS, rows)[1] == 4


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(JSON)
def test_what_comes_back_as_json_is_the_same(value: Any) -> None:
    back = json.loads(json.dumps(value))
    assert next_link(GENESIS, {"v": value}) == next_link(GENESIS, {"v": back})


def test_forms_that_a_database_changes_make_no_difference() -> None:
    elsewhere = WHEN.astimezone(timezone(timedelta(hours=5)))
    pairs = ((1.0, 1), (WHEN, elsewhere), ({"b": 1, "a": 2}, {"a": 2, "b": 1}), ((1,), [1]))
    for one, other in pairs:
        assert next_link(GENESIS, {"v": one}) == next_link(GENESIS, {"v": other})
    assert next_link(GENESIS, {"v": "1"}) != next_link(GENESIS, {"v": 1})
