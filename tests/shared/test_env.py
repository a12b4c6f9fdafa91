"""Settings from the environment: defaults, wrong values, nothing secret in their repr."""

from __future__ import annotations

from ipaddress import ip_network

import pytest
from environs import EnvError

from shared.env import environment, read_http, read_shared
from shared.env_faults import read_all
from shared.vault import new_key

KEYS = (new_key(), new_key())
A_KEY = "must be one key or more, with commas between, each of 32 bytes in url-safe base64"
NEEDED = {
    "MERIDIAN_DATABASE_URL": "postgresql://u:hunter2@h/d",
    "MERIDIAN_REDIS_URL": "redis://:hunter2@h",
    "MERIDIAN_SECRET_KEYS": ",".join(KEYS),
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
    assert shared.secret_keys == KEYS
    assert (shared.log_level, shared.log_format) == ("info", "json")
    assert http.public_url == "http://localhost:8080"
    assert http.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("::1/128"))


def test_nothing_secret_in_the_repr() -> None:
    told = repr(read_shared(environment()))
    assert not [secret for secret in ("hunter2", *KEYS) if secret in told]


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
        ("MERIDIAN_SECRET_KEYS", "hunter2"),
        ("MERIDIAN_DATABASE_URL", "mysql://h"),
        ("MERIDIAN_REDIS_URL", "h:6379"),
        ("MERIDIAN_TRUSTED_PROXIES", "10.0.0.0/8, nonsense"),
        ("MERIDIAN_TRUSTED_PROXIES", "10.0.0.1/8"),
    ],
)
def test_what_is_wrong_is_named(monkeypatch: pytest.MonkeyPatch, name: str, text: str) -> None:
    monkeypatch.setenv(name, text)
    read = read_http if name == "MERIDIAN_TRUSTED_PROXIES" else read_shared
    with pytest.raises(EnvError, match=name) as raised:
        read(environment())
    assert "hunter2" not in str(raised.value)


def test_lists_and_slashes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_TRUSTED_PROXIES", "10.0.0.0/8, fd00::/8")
    monkeypatch.setenv("MERIDIAN_PUBLIC_URL", "HTTPS://Files.Example:443/")
    http = read_http(environment())
    assert http.trusted_proxies == (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
    assert http.public_url == "https://files.example"


def test_no_proxy_at_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_TRUSTED_PROXIES", "")
    assert read_http(environment()).trusted_proxies == ()


def test_all_that_is_wrong_is_told_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("MERIDIAN_REDIS_URL")
    monkeypatch.setenv("MERIDIAN_SECRET_KEYS", "hunter2")
    monkeypatch.setenv("MERIDIAN_LOG_FORMAT", "xml")
    monkeypatch.setenv("MERIDIAN_TRUSTED_PROXIES", "nonsense")
    monkeypatch.setenv("MERIDIAN_LOG_LEVLE", "debug")
    with pytest.raises(EnvError) as raised:
        read_all(lambda env: (read_shared(env), read_http(env)))
    assert str(raised.value).splitlines() == [
        "MERIDIAN_LOG_LEVLE is no setting; did you mean MERIDIAN_LOG_LEVEL?",
        "MERIDIAN_REDIS_URL is not set",
        f"MERIDIAN_SECRET_KEYS: {A_KEY}",
        "MERIDIAN_LOG_FORMAT: Must be one of: json, console.",
        'MERIDIAN_TRUSTED_PROXIES: "nonsense" is no network',
    ]


def test_what_is_not_alike_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MERIDIAN_STORAGE_SERVICE_PORT", "tcp://10.0.0.1")
    monkeypatch.setenv("MERIDIAN_FAVOURITE_COLOUR", "blue")
    assert read_all(read_shared) == read_shared(environment())
