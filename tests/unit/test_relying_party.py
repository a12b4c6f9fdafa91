"""Where passkeys can be had: a name and HTTPS, or this machine."""

from __future__ import annotations

import pytest

from services.auth.passkeys.relying_party import find_relying_party


@pytest.mark.parametrize(
    ("url", "name", "origin"),
    [
        ("https://files.example.com", "files.example.com", "https://files.example.com"),
        ("https://files.example.com:8443", "files.example.com", "https://files.example.com:8443"),
        ("https://files.example.com:443/", "files.example.com", "https://files.example.com"),
        ("https://FILES.example.com/x", "files.example.com", "https://files.example.com"),
        ("https://пример.example", "xn--e1afmkfd.example", "https://xn--e1afmkfd.example"),
        ("https://files", "files", "https://files"),
        ("http://localhost:8080", "localhost", "http://localhost:8080"),
        ("http://a.localhost:80", "a.localhost", "http://a.localhost"),
    ],
)
def test_site_has_a_name_and_an_origin(url: str, name: str, origin: str) -> None:
    site = find_relying_party(url)
    assert site is not None
    assert (site.id, site.origin) == (name, origin)


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:8080", "https://127.0.0.1", "https://[::1]:8443", "http://files.example.com",
     "http://notlocalhost", ""],
)  # fmt: skip
def test_other_addresses_have_none(url: str) -> None:
    assert find_relying_party(url) is None
