"""Moments that people name."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from marshmallow import ValidationError

from shared.web.cursor_parts import read_moment
from shared.web.input_fields import Moment


@pytest.mark.parametrize(
    "text",
    [
        "0001-01-01T00:00:00+14:00",
        "9999-12-31T23:59:59-00:01",
        "2026-02-30T00:00:00Z",
        "yesterday",
    ],
)
def test_a_moment_that_does_not_exist_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        Moment().deserialize(text)
    with pytest.raises(ValueError):
        read_moment(text)


@pytest.mark.parametrize("read", [Moment().deserialize, read_moment])
def test_a_moment_is_told_in_utc(read: object) -> None:
    moment = read("2026-11-25T23:30:00-04:30")  # type: ignore[operator]
    assert moment == datetime(2026, 11, 26, 4, tzinfo=UTC)
    assert moment.tzinfo is UTC
