"""Where a large object is cut: one rule for uploads and for copies."""

from __future__ import annotations

from typing import Final

MEBIBYTE: Final = 1024**2
GIBIBYTE: Final = 1024**3
# https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html
SMALLEST_PART: Final = 5 * MEBIBYTE
LARGEST_PUT: Final = 5 * GIBIBYTE
MOST_PARTS: Final = 10_000
LARGEST_OBJECT: Final = 5 * 1024 * GIBIBYTE


def choose_part_size(size: int, wanted: int) -> int:
    """How long each part but the last is: as wanted, or as many MiB as 10,000 parts need."""
    if size <= wanted * MOST_PARTS:
        return wanted
    mebibytes = -(-size // (MOST_PARTS * MEBIBYTE))
    return mebibytes * MEBIBYTE


def count_parts(size: int, part_size: int) -> int:
    """How many parts there are; an empty object has one."""
    return max(1, -(-size // part_size))


def size_of_part(size: int, part_size: int, number: int) -> int:
    """How long the part of that number, counted from 1, is."""
    return min(part_size, size - (number - 1) * part_size)
