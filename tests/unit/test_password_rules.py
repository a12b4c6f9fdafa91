"""Passwords are judged by what they are, at a cost that nobody notices."""

from __future__ import annotations

import sys

import pytest

from services.auth.passwords.rules import smallest_unit


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("abcabcab", "abc"),
        ("aaaa", "a"),
        ("abcd", "abcd"),
        ("aab", "aab"),
        ("", ""),
        ("abab", "ab"),
    ],
)
def test_smallest_unit_is_what_repeats(text: str, unit: str) -> None:
    assert smallest_unit(text) == unit


def test_the_worst_password_takes_few_steps() -> None:
    steps = 0

    def count(*_: object) -> None:
        nonlocal steps
        steps += 1

    sys.setprofile(count)
    smallest_unit("a" * 1023 + "b")
    sys.setprofile(None)
    assert steps < 3000
