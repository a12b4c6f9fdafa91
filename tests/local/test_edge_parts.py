"""The pure parts of the edge."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from services.local.edge.event import event_body, event_name
from services.local.edge.objects import StoredObject
from services.local.edge.validators import REMEMBERED, ETags, usable_range, verdict

if TYPE_CHECKING:
    from pathlib import Path

PARTIAL = {"Content-Range": "bytes 0-1/9", "Last-Modified": "yesterday"}


@pytest.mark.parametrize(
    ("asked", "headers", "expected"),
    [
        ({}, {}, 200),
        ({"Range": "bytes=0-1"}, PARTIAL, 206),
        ({"If-Range": '"a"'}, PARTIAL, 206),
        ({"If-Range": "yesterday"}, PARTIAL, 206),
        ({"If-Range": '"b"'}, PARTIAL, 200),
        ({"If-None-Match": '"b", W/"a"'}, {}, 304),
        ({"If-None-Match": "*"}, {}, 304),
        ({"If-None-Match": '"b"'}, PARTIAL, 206),
        ({"If-Match": '"b"'}, {}, 412),
        ({"If-Match": "*"}, {}, 200),
        ({"If-Match": '"b"', "If-None-Match": '"a"'}, {}, 412),
    ],
)
def test_a_read_gets_the_status_it_deserves(
    asked: dict[str, str], headers: dict[str, str], expected: int
) -> None:
    assert verdict(asked, '"a"', headers) == expected


@pytest.mark.parametrize("wanted", ["bytes=0-", "bytes=-5", "bytes=10-20"])
def test_one_range_is_served(wanted: str) -> None:
    assert usable_range(wanted)


@pytest.mark.parametrize("wanted", ["", "bytes=", "bytes=-", "bytes=1-2,3-4", "bytes=a-b"])
def test_other_ranges_are_not(wanted: str) -> None:
    assert not usable_range(wanted)


def test_the_oldest_etags_are_forgotten() -> None:
    etags = ETags()
    for number in range(REMEMBERED + 1):
        etags.remember(str(number), f'"{number}"')
    node = {"ETag": '""', "Last-Modified": "Sun, 22 Nov 2026 16:00:00 GMT", "Content-Length": "5"}
    assert etags.of("1", node) == '"1"'
    assert etags.of("0", node) == '"Sun-22-Nov-2026-16-00-00-GMT-5"'
    part = {**node, "Content-Length": "2", "Content-Range": "bytes 0-1/5"}
    assert etags.of("0", part) == etags.of("0", node)
    assert etags.of("1", {"ETag": '"its own"'}) == '"its own"'


@pytest.mark.parametrize(
    ("method", "query", "headers", "expected"),
    [
        ("PUT", {}, {}, "s3:ObjectCreated:Put"),
        ("PUT", {}, {"x-amz-copy-source": "b/k"}, "s3:ObjectCreated:Copy"),
        ("PUT", {"uploadId": "u", "partNumber": "1"}, {}, None),
        ("PUT", {"tagging": ""}, {}, None),
        ("POST", {"uploads": ""}, {}, None),
        ("POST", {"uploadId": "u"}, {}, "s3:ObjectCreated:CompleteMultipartUpload"),
        ("DELETE", {"uploadId": "u"}, {}, None),
        ("DELETE", {}, {}, "s3:ObjectRemoved:Delete"),
        ("GET", {}, {}, None),
        ("HEAD", {}, {}, None),
    ],
)
def test_requests_amount_to_events(
    method: str, query: dict[str, str], headers: dict[str, str], expected: str | None
) -> None:
    assert event_name(method, query, headers) == expected


def test_later_events_have_later_sequencers(tmp_path: Path) -> None:
    stored = StoredObject("bucket", "key", tmp_path / "missing")
    bodies = [str(event_body("s3:ObjectRemoved:Delete", stored, "")) for _ in range(2)]
    first, second = (re.findall(r"'sequencer': '(\w{16})'", body) for body in bodies)
    assert first < second
    assert "size" not in bodies[0]
