"""What can go wrong with an S3 server, by what the caller can do about it."""

from __future__ import annotations

import re
from http import HTTPStatus

CODE = re.compile(rb"<Code>\s*([\w.-]+)\s*</Code>")
FULL_CODES = frozenset(
    ("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage")
)
# The server answered, but another attempt may well succeed: it is restarting, its disk is not
# mounted, or it lost the parts it had confirmed (rclone on a full disk).
PASSING_CODES = frozenset(
    (
        "InternalError",
        "InvalidPart",
        "NoSuchBucket",
        "NoSuchUpload",
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


class StoreRefused(StoreError):
    """The server understood and said no: wrong key, signature, size or checksum."""


class ObjectMissing(StoreRefused):
    """There is no object of this key."""


class Redirected(StoreRefused):
    """The server pointed elsewhere, and nobody follows it there."""


def refusal(status: int, code: str, what: str) -> StoreError:
    """Turn an answer that is not a success into the exception for it."""
    words = f"{what}: {status} {code}".rstrip()
    if code in FULL_CODES or status == HTTPStatus.INSUFFICIENT_STORAGE:
        return StoreFull(words)
    if status == HTTPStatus.NOT_IMPLEMENTED:
        return StoreRefused(words)
    if (
        code in PASSING_CODES
        or status >= HTTPStatus.INTERNAL_SERVER_ERROR
        or status == HTTPStatus.TOO_MANY_REQUESTS
    ):
        return StoreUnavailable(words)
    if status == HTTPStatus.NOT_FOUND:
        return ObjectMissing(words)
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Redirected(words)
    return StoreRefused(words)


def code_of(body: bytes) -> str:
    """Find the error code in an S3 error document; empty when there is none."""
    found = CODE.search(body)
    return found[1].decode() if found else ""
