"""Names sort as people expect, and searches see what is meant."""

from __future__ import annotations

import random
import unicodedata

import pytest

from services.storage.files.free_name import numbered
from services.storage.files.sort_key import fold, sort_key


@pytest.mark.parametrize(
    "names",
    [
        ["file 1", "file 2", "file 10", "file 11 b", "file 100"],
        ["2 files", "10 files", "a2", "A10", "b1"],
        ["Äpfel", "apple", "apple pie", "Banana", "cherry"],
        ["ёлка", "ель", "жук", "иволга", "июнь", "йод"],
        ["v1.9", "v1.10", "v2.0"],
        ["007", "8", "9"],
        ["ﬁle 1", "file 2"],
    ],
)
def test_names_sort_as_people_expect(names: list[str]) -> None:
    mixed = random.Random(7).sample(names, len(names))
    by_key = sorted(mixed, key=lambda name: sort_key(name).encode())
    assert by_key == names


def test_forms_of_one_name_are_alike() -> None:
    for name in ("Ёлка.TXT", "ÅNGSTRÖM", "Straße", "が", "한글"):
        forms = {fold(unicodedata.normalize(form, name)) for form in ("NFC", "NFD")}
        assert len(forms) == 1
    assert fold("Отчёт") == fold("отчет")
    assert fold("йод") != fold("иод")


def test_a_key_fits_into_an_index() -> None:
    assert len(sort_key("\ufdfa" * 85).encode()) <= 1000
    assert len(sort_key("7" * 255).encode()) <= 1000


@pytest.mark.parametrize(
    ("name", "number", "expected"),
    [
        ("a.txt", 1, "a.txt"),
        ("a.txt", 2, "a (2).txt"),
        ("archive.tar.gz", 3, "archive.tar (3).gz"),
        ("README", 2, "README (2)"),
        (".env", 2, ".env (2)"),
        ("no. of words and a long rest", 2, "no. of words and a long rest (2)"),
    ],
)
def test_a_number_goes_before_the_ending(name: str, number: int, expected: str) -> None:
    assert numbered(name, number) == expected


def test_a_numbered_name_is_no_longer_than_allowed() -> None:
    name = f"{'я' * 125}.txt"
    assert len(numbered(name, 12).encode()) <= 255
    assert numbered(name, 12).endswith(" (12).txt")
