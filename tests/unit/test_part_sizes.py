"""Where large objects are cut."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from shared.stores.part_sizes import (
    LARGEST_OBJECT,
    LARGEST_PUT,
    MEBIBYTE,
    MOST_PARTS,
    SMALLEST_PART,
    choose_part_size,
    count_parts,
    size_of_part,
)

WANTED = 16 * MEBIBYTE


def test_parts_grow_only_when_there_would_be_too_many() -> None:
    assert choose_part_size(0, WANTED) == WANTED
    assert choose_part_size(MOST_PARTS * WANTED, WANTED) == WANTED
    assert choose_part_size(MOST_PARTS * WANTED + 1, WANTED) == WANTED + MEBIBYTE
    assert choose_part_size(LARGEST_OBJECT, WANTED) == 525 * MEBIBYTE


@given(st.integers(0, LARGEST_OBJECT), st.integers(SMALLEST_PART, 1024 * MEBIBYTE))
def test_parts_are_what_s3_takes_and_make_the_whole(size: int, wanted: int) -> None:
    part_size = choose_part_size(size, wanted)
    count = count_parts(size, part_size)
    assert wanted <= part_size <= LARGEST_PUT
    assert 1 <= count <= MOST_PARTS
    last = size_of_part(size, part_size, count)
    assert 0 <= last <= part_size
    assert (count - 1) * part_size + last == size
    assert last > 0 or size == 0
