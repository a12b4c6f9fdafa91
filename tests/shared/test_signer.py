"""The signer against botocore, which every S3 server understands."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import botocore.auth
import pytest
from botocore.awsrequest import AWSRequest
from botocore.config import Config
from botocore.credentials import Credentials as BotoCredentials
from botocore.session import Session
from hypothesis import given, settings
from hypothesis import strategies as some

from shared.signer import Credentials, SigningError, presign
from shared.web_address import canonical_address

if TYPE_CHECKING:
    from collections.abc import Iterator

CREDENTIALS = Credentials("access/key+1", "secret/key+2=")
MOMENT = datetime(2026, 11, 22, 23, 59, 58, 999_999, tzinfo=UTC)
ENDPOINTS = (
    "http://127.0.0.1:9000",
    "https://s3.new-york.example",
    "https://s3.example:443",
    "http://[::1]:9000",
)
CONTROL = some.characters(min_codepoint=0, max_codepoint=31)
TEXT = some.text(some.characters(exclude_categories=("Cc", "Cs")), min_size=1, max_size=40)
HEADER_TEXT = some.text(
    some.characters(min_codepoint=33, max_codepoint=126), min_size=1, max_size=40
)
CLIENTS = {
    endpoint: Session().create_client(
        "s3",
        endpoint_url=canonical_address(endpoint),
        region_name="eu-central-1",
        aws_access_key_id=CREDENTIALS.access_key,
        aws_secret_access_key=CREDENTIALS.secret_key,
        config=Config(
            signature_version="s3v4",
            s3={"addressing_style": "path"},
            request_checksum_calculation="when_required",
        ),
    )
    for endpoint in ENDPOINTS
}


@pytest.fixture(autouse=True, scope="module")
def _fixed_time() -> Iterator[None]:
    patch = pytest.MonkeyPatch()
    patch.setattr(botocore.auth, "get_current_datetime", lambda *_: MOMENT)
    yield
    patch.undo()


def ours(
    endpoint: str,
    method: str,
    key: str,
    *,
    seconds: int = 300,
    headers: dict[str, str] | None = None,
    query: dict[str, str] | None = None,
) -> str:
    return presign(
        CREDENTIALS,
        endpoint,
        "eu-central-1",
        "meridian",
        method,
        key,
        seconds,
        signed_headers=headers or {},
        query=query or {},
        now=MOMENT,
    )


def theirs(endpoint: str, operation: str, seconds: int = 300, **parameters: Any) -> str:
    client: Any = CLIENTS[endpoint]
    url: str = client.generate_presigned_url(
        operation, Params={"Bucket": "meridian", **parameters}, ExpiresIn=seconds
    )
    return url


@settings(max_examples=300, deadline=None)
@given(some.sampled_from(ENDPOINTS), TEXT, TEXT, some.integers(1, 604_800))
def test_download_urls_equal_botocores(
    endpoint: str, key: str, disposition: str, seconds: int
) -> None:
    query = {
        "response-content-type": "application/octet-stream",
        "response-content-disposition": disposition,
    }
    mine = ours(endpoint, "GET", key, seconds=seconds, query=query)
    assert mine == theirs(
        endpoint,
        "get_object",
        seconds,
        Key=key,
        ResponseContentType="application/octet-stream",
        ResponseContentDisposition=disposition,
    )


@settings(max_examples=300, deadline=None)
@given(some.sampled_from(ENDPOINTS), TEXT, HEADER_TEXT, some.integers(0, 2**40))
def test_upload_urls_equal_botocores(endpoint: str, key: str, content_type: str, size: int) -> None:
    headers = {"Content-Type": content_type, "If-None-Match": "*", "Content-Length": str(size)}
    assert ours(endpoint, "PUT", key, headers=headers) == theirs(
        endpoint,
        "put_object",
        Key=key,
        ContentType=content_type,
        IfNoneMatch="*",
        ContentLength=size,
    )


@settings(max_examples=100, deadline=None)
@given(TEXT, TEXT, some.integers(1, 10_000))
def test_part_urls_equal_botocores(key: str, upload_id: str, number: int) -> None:
    query = {"partNumber": str(number), "uploadId": upload_id}
    mine = ours(ENDPOINTS[0], "PUT", key, query=query)
    # botocore keeps the order of its model, and the order is part of the signature's URL only.
    other = theirs(ENDPOINTS[0], "upload_part", Key=key, UploadId=upload_id, PartNumber=number)
    assert signature(mine) == signature(other)
    assert sorted(mine.split("?")[1].split("&")) == sorted(other.split("?")[1].split("&"))


def test_checksum_header_equals_botocores() -> None:
    digest = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="
    mine = ours(ENDPOINTS[0], "PUT", "a", headers={"x-amz-checksum-sha256": digest})
    request = AWSRequest(
        method="PUT",
        url=f"{ENDPOINTS[0]}/meridian/a",
        headers={"x-amz-checksum-sha256": digest},
    )
    keys = BotoCredentials(CREDENTIALS.access_key, CREDENTIALS.secret_key)
    botocore.auth.S3SigV4QueryAuth(keys, "s3", "eu-central-1", expires=300).add_auth(request)
    assert mine == request.url


def test_spaces_in_headers_are_folded_as_s3_folds_them() -> None:
    folded = ours(ENDPOINTS[0], "PUT", "a", headers={"Content-Type": " text/plain;  q=1 "})
    assert folded == ours(ENDPOINTS[0], "PUT", "a", headers={"content-type": "text/plain; q=1"})


def test_bucket_urls_and_endpoints_below_a_path() -> None:
    assert ours(ENDPOINTS[0], "GET", "").startswith(f"{ENDPOINTS[0]}/meridian?X-Amz-Algorithm=")
    below = presign(CREDENTIALS, "https://host/s3/", "r", "b", "GET", "k", 1)
    assert below.startswith("https://host/s3/b/k?")


def test_the_secret_is_not_shown() -> None:
    assert CREDENTIALS.secret_key not in repr(CREDENTIALS)
    assert CREDENTIALS.secret_key not in ours(ENDPOINTS[0], "GET", "a")


def test_the_next_day_has_its_own_key() -> None:
    before = ours(ENDPOINTS[0], "GET", "a")
    after = presign(
        CREDENTIALS,
        ENDPOINTS[0],
        "eu-central-1",
        "meridian",
        "GET",
        "a",
        300,
        now=datetime(2026, 11, 23, 0, 0, 1, tzinfo=UTC),
    )
    assert signature(before) != signature(after)
    assert ours(ENDPOINTS[0], "GET", "a") == before


@pytest.mark.parametrize("seconds", [0, -1, 604_801])
def test_lifetimes_out_of_range_are_refused(seconds: int) -> None:
    with pytest.raises(SigningError):
        ours(ENDPOINTS[0], "GET", "a", seconds=seconds)


@given(CONTROL, some.sampled_from(["key", "header", "query", "name"]))
def test_control_characters_are_refused(char: str, where: str) -> None:
    text = f"a{char}b"
    parts: dict[str, tuple[str, dict[str, str], dict[str, str]]] = {
        "key": ("k" + text, {}, {}),
        "header": ("k", {"content-type": text}, {}),
        "query": ("k", {}, {"response-content-disposition": text}),
        "name": ("k", {text: "v"}, {}),
    }
    key, headers, query = parts[where]
    with pytest.raises(SigningError):
        ours(ENDPOINTS[0], "GET", key, headers=headers, query=query)


@pytest.mark.parametrize("endpoint", ["", "ftp://host", "host:9000", "http://"])
def test_endpoints_that_are_no_http_address_are_refused(endpoint: str) -> None:
    with pytest.raises(SigningError):
        ours(endpoint, "GET", "a")


def signature(url: str) -> str:
    return url.rpartition("=")[2]
