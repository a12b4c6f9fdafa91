"""Settings from the environment: defaults, wrong values, nothing secret in their repr."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from environs import EnvError

from shared.env import environment, read_http, read_shared

NEEDED = {
    "MERIDIAN_DATABASE_URL": "postgresql://u:hunter2@h/d",
    "MERIDIAN_REDIS_URL": "redis://:hunter2@h",
    "MERIDIAN_SECRET_KEYS": "hunter2,older",
}


@pytest.fixture(autouse=True)
def clean(monkeypatch: pytest.MonkeyPatch) -> None:
    import os

    for name in os.environ:
        if name.startswith("MERIDIAN_"):
            monkeypatch.delenv(name)
    for name, text in NEEDED.items():
        monkeypatch.setenv(name, text)


def test_defaults() -> None:
    shared, http = read_shared(environment()), read_http(environment())
    assert shared.secret_keys == ("hunter2", "older")
    assert (shared.log_level, shared.log_format) == ("info", "json")
    assert http.public_url == "http://localhost:8080"
    assert http.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("::1/128"))


def test_nothing_secret_in_the_repr() -> None:
    assert "hunter2" not in repr(read_shared(environment()))


@pytest.mark.parametrize("name", NEEDED)
def test_what_is_missing_is_named(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.delenv(name)
    with pytest.raises(EnvError, match=name):
        read_shared(environment())


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("MERIDIAN_LOG_LEVEL", "loud"),
        ("MERIDIAN_LOG_FORMAT", "xml"),
        ("MERIDIAN_SECRET_KEYS", ""),
        ("MERIDIAN_TRUSTED_PROXIES", "10.0.0.0/8, nonsense"),
        ("MERIDIAN_TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)
    read = read_http if name == "MERIDIAN_TRUSTED_PROXIES" else read_shared
    with pytest.raises(EnvError, match=name):
        read(environment())


def test_lists_and_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8")
    monkeypatch.setenv("MERIDIAN_PUBLIC_URL", "https://files.example/")
    http = read_http(environment())
    assert http.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert http.public_url == "https://files.example"


def test_no_proxy_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_TRUSTED_PROXIES", "")
    assert read_http(environment()).trusted_proxies == ()
