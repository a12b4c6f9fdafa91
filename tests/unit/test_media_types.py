"""Media types as HTTP has them."""

from __future__ import annotations

import pytest
from marshmallow import ValidationError

from services.storage.files.media_types import MediaType


@pytest.mark.parametrize(
    "text",
    [
        "image/png",
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "text/plain;charset=utf-8",
        "text/plain; charset=utf-8",
        'text/plain; charset="utf-8"',
        'video/webm; codecs="vp8, opus"',
        'multipart/mixed; boundary="a\\"b;c=d"',
        "text/plain ; charset=utf-8 ; format=flowed",
        "text/plain;",
        "text/plain; ; a=b",
        "x-a!b#c/*'~",
        'a/b; c=""',
    ],
)
def test_what_the_grammar_allows_is_taken(text: str) -> None:
    assert MediaType().deserialize(text) == text


def test_outer_blanks_and_tabs_are_no_part_of_it() -> None:
    assert MediaType().deserialize(" text/plain\t;\tcharset=utf-8 ") == "text/plain ; charset=utf-8"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "text",
        "text/",
        "/plain",
        "text/plain/x",
        "text /plain",
        "text/plain charset=utf-8",
        "text/plain; charset",
        "text/plain; charset=",
        "text/plain; charset =utf-8",
        'text/plain; charset="utf-8',
        'text/plain; charset="utf-8"x',
        'text/plain; charset="a\tb"',
        "text/plain\r\nX: y",
        'text/plain; a="\r\n"',
        "text/plain; a=ä",
        'text/plain; a="ä"',
        f"{'a' * 128}/b",
        f"a/b; c={'d' * 255}",
    ],
)
def test_what_it_does_not_allow_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        MediaType().deserialize(text)
