"""What an answer of an S3 server means: what is final is listed, all else may pass."""

from __future__ import annotations

import pytest

from shared.stores.errors import (
    ObjectRefused,
    StoreError,
    StoreFailing,
    StoreForbidden,
    StoreFull,
)
from shared.stores.refusals import refusal

FINAL = [
    (400, "BadDigest"),
    (400, "EntityTooLarge"),
    (400, "InvalidDigest"),
    (400, "KeyTooLongError"),
    (400, "XAmzContentSHA256Mismatch"),
    (411, ""),
    (413, ""),
    (414, ""),
]
PASSING = [
    (301, "PermanentRedirect"),
    (307, "TemporaryRedirect"),
    (400, "ExpiredToken"),
    (400, "InvalidToken"),
    (400, "AuthorizationHeaderMalformed"),
    (400, "SomethingNew"),
    (401, ""),
    (403, "AccessDenied"),
    (403, "RequestTimeTooSkewed"),
    (404, "NoSuchBucket"),
    (405, "MethodNotAllowed"),
    (408, ""),
    (409, "OperationAborted"),
    (409, "ConditionalRequestConflict"),
    (412, "PreconditionFailed"),
    (423, ""),
    (425, ""),
    (429, "SlowDown"),
    (460, ""),
    (499, ""),
    (500, "InternalError"),
    (501, "NotImplemented"),
    (503, "SlowDown"),
    (507, ""),
]


@pytest.mark.parametrize(("status", "code"), FINAL)
def test_answers_about_the_object_itself_are_final(status: int, code: str) -> None:
    assert isinstance(refusal(status, code, "PUT"), ObjectRefused)


@pytest.mark.parametrize(("status", "code"), PASSING)
def test_all_other_answers_may_pass(status: int, code: str) -> None:
    error = refusal(status, code, "PUT")
    assert isinstance(error, StoreError)
    assert not isinstance(error, ObjectRefused)


@pytest.mark.parametrize("status", [408, 423, 425, 429, 460, 499, 500, 503])
def test_a_server_that_cannot_now_is_asked_again_soon(status: int) -> None:
    assert isinstance(refusal(status, "", "PUT"), StoreFailing)


def test_a_full_server_and_one_that_does_not_know_us() -> None:
    assert isinstance(refusal(507, "", "PUT"), StoreFull)
    assert isinstance(refusal(500, "XMinioStorageFull", "PUT"), StoreFull)
    assert isinstance(refusal(403, "InvalidAccessKeyId", "PUT"), StoreForbidden)
