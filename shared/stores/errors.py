"""What can go wrong with an S3 server, by what the caller can do about it."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

CODE = re.compile(rb"<Code>\s*([\w.-]+)\s*</Code>")
FULL_CODES = frozenset(
    ("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage")
)
NO_SUCH_UPLOAD = "NoSuchUpload"
# The server answered, but another attempt may well succeed: it is restarting, its disk is not
# mounted, or it lost the parts it had confirmed (rclone on a full disk).
PASSING_CODES = frozenset(
    (
        "InternalError",
        "InvalidPart",
        "NoSuchBucket",
        NO_SUCH_UPLOAD,
        "RequestTimeout",
        "ServiceUnavailable",
        "SlowDown",
        "XMinioServerNotInitialized",
    )
)


class StoreError(Exception):
    """An S3 server did not do what was asked."""


class StoreUnavailable(StoreError):
    """No answer, or one that says "later": refused, reset, too slow, 5xx."""


class StoreFull(StoreUnavailable):
    """There is no room left on this server."""


class MultipartMissing(StoreUnavailable):
    """The server knows no such multipart upload: joined, aborted, or lost by a restart."""


class StoreRefused(StoreError):
    """The server understood and said no: wrong key, signature, size or checksum."""


class StoreForbidden(StoreRefused):
    """The server lets us do nothing: wrong keys, a wrong clock, a policy; no fault of an object."""


class ObjectMissing(StoreRefused):
    """There is no object of this key."""


class Redirected(StoreRefused):
    """The server pointed elsewhere, and nobody follows it there."""


BY_STATUS: Mapping[int, type[StoreError]] = {
    HTTPStatus.UNAUTHORIZED: StoreForbidden,
    HTTPStatus.FORBIDDEN: StoreForbidden,
    HTTPStatus.NOT_FOUND: ObjectMissing,
    HTTPStatus.TOO_MANY_REQUESTS: StoreUnavailable,
    HTTPStatus.NOT_IMPLEMENTED: StoreRefused,
    HTTPStatus.INSUFFICIENT_STORAGE: StoreFull,
}


def refusal(status: int, code: str, what: str) -> StoreError:
    """Turn an answer that is not a success into the exception for it."""
    words = f"{what}: {status} {code}".rstrip()
    if code in FULL_CODES:
        return StoreFull(words)
    if code in PASSING_CODES:
        return (MultipartMissing if code == NO_SUCH_UPLOAD else StoreUnavailable)(words)
    if status in BY_STATUS:
        return BY_STATUS[status](words)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return StoreUnavailable(words)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Redirected(words)
    return StoreRefused(words)


def code_of(body: bytes) -> str:
    """Find the error code in an S3 error document; empty when there is none."""
    found = CODE.search(body)
    return found[1].decode() if found else ""
