"""ETags, ranges and conditions (RFC 9110), which a node started without hashes leaves to us."""

from __future__ import annotations

import re
from collections import OrderedDict
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

REMEMBERED = 10_000
EMPTY = '""'
ONE_RANGE = re.compile(r"bytes=(\d+-\d*|-\d+)")


class ETags:
    """Remembers the ETags that a node answered to uploads, for it forgets them itself.

    An object that is not remembered gets one made of its size and time, which is as good a
    validator: objects are never overwritten.
    """

    def __init__(self) -> None:
        self._known: OrderedDict[str, str] = OrderedDict()

    def remember(self, path: str, etag: str) -> None:
        """Keep the ETag of a new object, dropping the oldest of too many."""
        self._known[path] = etag
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def forget(self, path: str) -> None:
        """Drop the ETag of an object that is gone."""
        self._known.pop(path, None)

    def of(self, path: str, headers: Mapping[str, str]) -> str:
        """Return the ETag to show beside the headers that a node answered."""
        given = headers.get("ETag", EMPTY)
        if given != EMPTY:
            return given
        size = headers.get("Content-Range", headers.get("Content-Length", "")).rpartition("/")[2]
        made = f'"{headers.get("Last-Modified", "")}-{size}"'
        return self._known.get(path) or re.sub(r"[ :,]+", "-", made)


def usable_range(wanted: str) -> bool:
    """Tell whether this is the one range that is served; others are answered in full."""
    return ONE_RANGE.fullmatch(wanted) is not None


def verdict(asked: Mapping[str, str], etag: str, headers: Mapping[str, str]) -> HTTPStatus:
    """Return the status that a read deserves: 200, 206, 304 or 412.

    `asked` are the headers of the request, `headers` those that the node answered with 200. A
    range whose If-Range names another object deserves 200: all of it.
    """
    if not _names(asked.get("If-Match"), etag, missing=True):
        return HTTPStatus.PRECONDITION_FAILED
    if _names(asked.get("If-None-Match"), etag, missing=False):
        return HTTPStatus.NOT_MODIFIED
    if "Content-Range" not in headers:
        return HTTPStatus.OK
    fresh = asked.get("If-Range") in {None, etag, headers.get("Last-Modified")}
    return HTTPStatus.PARTIAL_CONTENT if fresh else HTTPStatus.OK


def _names(condition: str | None, etag: str, *, missing: bool) -> bool:
    if condition is None:
        return missing
    named = {part.strip().removeprefix("W/") for part in condition.split(",")}
    return bool(named & {"*", etag})
