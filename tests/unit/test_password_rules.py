"""Which passwords are good enough."""

from __future__ import annotations

import pytest

from services.auth.passwords.rules import find_weakness

OWN = ("annlee", "ann.lee@example.com", "Ann", "Lee")


@pytest.mark.parametrize(
    "password",
    [
        "fifteen letters",
        "839201847562910384",
        "ключ от старой лодки",
        "日本語のとても長い合言葉です",
        "x9" * 3 + "seven green boats",
        "annlee sails green boats",
        "a" + "bcdefgh ijk lmn op" * 14,
    ],
)
def test_good_passwords(password: str) -> None:
    expected = None if len(password) >= 15 else "Shorter than 15 characters."
    assert find_weakness(password, OWN) == expected


@pytest.mark.parametrize(
    ("password", "because"),
    [
        ("fourteen chars", "Shorter"),
        ("seven green boats " * 15, "Longer"),
        ("abcabcabcabcabcabc", "same few"),
        ("passwordpassword", "well-known"),
        ("annleeannleeannlee", "names"),
        ("Ann-Lee-Ann-Lee-1", "names"),
        ("meridian meridian", "names"),
        ("MERIDIAN-annlee-2026", "names"),
        ("ann.lee@example.com", "names"),
        ("ＭＥＲＩＤＩＡＮ　ｍｅｒｉｄｉａｎ", "names"),
    ],
)
def test_weak_passwords(password: str, because: str) -> None:
    weakness = find_weakness(password, OWN)
    assert weakness is not None
    if because != "names" or "same few" not in weakness:
        assert because in weakness


def test_beside_a_second_factor_eight_are_enough() -> None:
    assert find_weakness("7 boats!", OWN, has_second_factor=True) is None
    assert find_weakness("7 boats", OWN, has_second_factor=True) == "Shorter than 8 characters."
    for password in ("password", "meridian", "annlee12", "abababab"):
        assert find_weakness(password, OWN, has_second_factor=True), password


def test_short_names_say_nothing() -> None:
    assert find_weakness("seven green boats", ("se", "", "Al")) is None
