"""What an answer of an S3 server that is not a success means: what is final is listed."""

from __future__ import annotations

import re
from http import HTTPStatus
from typing import TYPE_CHECKING

from shared.stores.errors import (
    MultipartMissing,
    ObjectMissing,
    ObjectRefused,
    Redirected,
    StoreBusy,
    StoreFailing,
    StoreForbidden,
    StoreFull,
    StoreRefused,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.stores.errors import StoreError

CODE = re.compile(rb"<Code>\s*([\w.-]+)\s*</Code>")
FULL_CODES = frozenset(
    ("XMinioStorageFull", "XMinioAdminBucketQuotaExceeded", "QuotaExceeded", "InsufficientStorage")
)
BUSY_CODES = frozenset(("SlowDown", "SlowDownRead", "SlowDownWrite", "TooManyRequests"))
NO_SUCH_UPLOAD = "NoSuchUpload"
# What will be said again of the same bytes, size or name. All else may be said of the next object,
# too, or pass by itself, whatever code it has: it is waited for like an outage.
FINAL_CODES = frozenset(
    (
        "BadDigest",
        "EntityTooLarge",
        "EntityTooSmall",
        "IncompleteBody",
        "InvalidDigest",
        "InvalidObjectName",
        "InvalidPartOrder",
        "InvalidURI",
        "KeyTooLongError",
        "MissingContentLength",
        "XAmzContentChecksumMismatch",
        "XAmzContentSHA256Mismatch",
        "XMinioInvalidObjectName",
    )
)
FINAL_STATUSES = frozenset(
    (
        HTTPStatus.LENGTH_REQUIRED,
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        HTTPStatus.REQUEST_URI_TOO_LONG,
    )
)
# The server answered, but another attempt may well succeed soon: it is restarting, its disk is not
# mounted, or it lost the parts it had confirmed (rclone on a full disk).
PASSING_CODES = frozenset(
    (
        "ConditionalRequestConflict",
        "InternalError",
        "InvalidPart",
        "NoSuchBucket",
        NO_SUCH_UPLOAD,
        "OperationAborted",
        "RequestTimeout",
        "ServiceUnavailable",
        "XMinioServerNotInitialized",
    )
)
BY_STATUS: Mapping[int, type[StoreError]] = {
    HTTPStatus.UNAUTHORIZED: StoreForbidden,
    HTTPStatus.FORBIDDEN: StoreForbidden,
    HTTPStatus.NOT_FOUND: ObjectMissing,
    HTTPStatus.REQUEST_TIMEOUT: StoreFailing,
    HTTPStatus.LOCKED: StoreFailing,
    HTTPStatus.TOO_EARLY: StoreFailing,
    HTTPStatus.TOO_MANY_REQUESTS: StoreBusy,
    460: StoreFailing,  # what load balancers and
    499: StoreFailing,  # nginx say when they took us for gone
    HTTPStatus.NOT_IMPLEMENTED: StoreRefused,
    HTTPStatus.INSUFFICIENT_STORAGE: StoreFull,
}


def refusal(status: int, code: str, what: str) -> StoreError:
    """Turn an answer that is not a success into the exception for it."""
    words = f"{what}: {status} {code}".rstrip()
    return (_by_code(status, code) or _by_status(status))(words)


def _by_code(status: int, code: str) -> type[StoreError] | None:
    if code in FULL_CODES:
        return StoreFull
    if code in BUSY_CODES:
        return StoreBusy
    if code in PASSING_CODES:
        return MultipartMissing if code == NO_SUCH_UPLOAD else StoreFailing
    if code in FINAL_CODES or status in FINAL_STATUSES:
        return ObjectRefused
    return None


def _by_status(status: int) -> type[StoreError]:
    if status in BY_STATUS:
        return BY_STATUS[status]
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return StoreFailing
    if HTTPStatus.MULTIPLE_CHOICES <= status < HTTPStatus.BAD_REQUEST:
        return Redirected
    return StoreRefused


def code_of(body: bytes) -> str:
    """Find the error code in an S3 error document; empty when there is none."""
    found = CODE.search(body)
    return found[1].decode() if found else ""
