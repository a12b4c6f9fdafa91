"""One S3 server has one address, and it is the one that is signed."""

from __future__ import annotations

from urllib.parse import urlsplit

import pytest

from shared.signer import Credentials, SigningError, presign
from shared.web_address import canonical_address


@pytest.mark.parametrize(
    ("text", "endpoint"),
    [
        ("http://s3.example.com", "http://s3.example.com"),
        ("HTTP://S3.Example.COM:80/", "http://s3.example.com"),
        ("https://s3.example.com:443", "https://s3.example.com"),
        ("https://s3.example.com:80", "https://s3.example.com:80"),
        ("http://127.0.0.1:09001", "http://127.0.0.1:9001"),
        ("https://s3.example.com/Base//", "https://s3.example.com/Base"),
        ("http://bücher.example:9000", "http://xn--bcher-kva.example:9000"),
        ("http://пример.рф", "http://xn--e1afmkfd.xn--p1ai"),
        ("http://[2001:DB8:0::1]:9000", "http://[2001:db8::1]:9000"),
        ("http://[::ffff:10.0.0.1]", "http://10.0.0.1"),
        ("http://minio_new_york:9000", "http://minio_new_york:9000"),
    ],
)
def test_an_address_has_one_form(text: str, endpoint: str) -> None:
    assert canonical_address(text) == endpoint
    assert canonical_address(endpoint) == endpoint


@pytest.mark.parametrize(
    "text",
    [
        "",
        "s3.example.com",
        "ftp://s3.example.com",
        "http://",
        "http://user:secret@s3.example.com",
        "http://@s3.example.com",
        "http://s3.example.com/?x=1",
        "http://s3.example.com#x",
        "http://s3.example.com:99999",
        "http://s3.example.com:port",
        "http://256.1.1.1",
        "http://[fe80::1%25eth0]",
        "http://a b",
        "http://-a.example",
        "http://\u2068.example",
    ],
)
def test_what_is_no_address_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        canonical_address(text)


@pytest.mark.parametrize(
    "endpoint", ["HTTP://S3.Example.COM:80", "https://S3.example.com:443/", "http://bücher.example"]
)
def test_what_is_signed_is_what_is_sent(endpoint: str) -> None:
    def sign(address: str) -> str:
        credentials = Credentials("key", "secret")
        return presign(credentials, address, "us-east-1", "bucket", "GET", "object", 60)

    url = sign(endpoint)
    assert url.partition("?")[0] == f"{canonical_address(endpoint)}/bucket/object"
    host = urlsplit(url).netloc
    assert host == host.lower()
    assert host.isascii()
    with pytest.raises(SigningError):
        sign("http://user:secret@s3.example.com")
