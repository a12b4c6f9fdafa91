"""Settings that several services read from the environment."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from environs import Env, EnvError, ValidationError, validate

from shared.addresses import Address, Network, read_address, read_network
from shared.env_faults import PREFIX, Environment
from shared.vault import Vault, VaultError
from shared.web_address import canonical_address

LEVELS: Final = ("debug", "info", "warning", "error")
LARGEST_PORT: Final = 65_535
FORMATS: Final = ("json", "console")
POOLINGS: Final = ("session", "transaction")
LOOPBACK: Final = ("127.0.0.1/32", "::1/128")
A_DATABASE: Final = validate.Regexp("postgres(ql)?://", error="must begin with postgresql://")
A_REDIS: Final = validate.Regexp("(rediss?|unix)://", error="must begin with redis:// or rediss://")


@dataclass(frozen=True, slots=True)
class SharedSettings:
    """What every process needs."""

    database_url: str = field(repr=False)
    redis_url: str = field(repr=False)
    secret_keys: tuple[str, ...] = field(repr=False)
    log_level: str
    log_format: str
    metrics_host: str = "127.0.0.1"
    metrics_port: int = 0
    allow_local_servers: bool = True
    database_pooling: str = "session"


@dataclass(frozen=True, slots=True)
class HttpSettings:
    """What every process that speaks HTTP needs beside that."""

    trusted_proxies: tuple[Network, ...]
    public_url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class GeoSettings:
    """Where people are: by their own address, or by one that they or a setting name."""

    use_real_ip: bool = True
    fake_ip: Address | None = None
    files: tuple[Path, ...] = ()


def environment() -> Env:
    """Open the environment; names are given without MERIDIAN_, EnvError names what is wrong."""
    return Environment()


def read_shared(env: Env) -> SharedSettings:
    """Read what every process needs."""
    return SharedSettings(
        database_url=env.str("DATABASE_URL", validate=A_DATABASE),
        redis_url=env.str("REDIS_URL", validate=A_REDIS),
        secret_keys=tuple(env.list("SECRET_KEYS", validate=_are_keys)),
        log_level=env.str("LOG_LEVEL", "info", validate=validate.OneOf(LEVELS)),
        log_format=env.str("LOG_FORMAT", "json", validate=validate.OneOf(FORMATS)),
        metrics_host=env.str("METRICS_HOST", "127.0.0.1"),
        metrics_port=env.int("METRICS_PORT", 0, validate=validate.Range(0, LARGEST_PORT)),
        allow_local_servers=env.bool("ALLOW_LOCAL_SERVERS", False),
        database_pooling=env.str("DATABASE_POOLING", "session", validate=validate.OneOf(POOLINGS)),
    )


def read_http(env: Env) -> HttpSettings:
    """Read what every process that speaks HTTP needs."""
    proxies = env.list("TRUSTED_PROXIES", list(LOOPBACK))
    return HttpSettings(
        trusted_proxies=tuple(_network(proxy.strip()) for proxy in proxies),
        public_url=_web_address(env.str("PUBLIC_URL", "http://localhost:8080")),
    )


def read_geo(env: Env) -> GeoSettings:
    """Read what every process that tells where people are needs."""
    files = env.str("GEOIP_DB", "").split(os.pathsep)
    return GeoSettings(
        use_real_ip=env.bool("GEO_USE_REAL_IP", True),
        fake_ip=_address(env.str("GEO_FAKE_IP", "")),
        files=tuple(Path(path) for path in files if path),
    )


def _address(text: str) -> Address | None:
    try:
        return read_address(text) if text else None
    except ValueError as error:
        raise EnvError(f'{PREFIX}GEO_FAKE_IP: "{text}" is no IP address') from error


def _are_keys(keys: list[str]) -> None:
    try:
        Vault(keys)
    except VaultError as error:
        raise ValidationError(
            "must be one key or more, with commas between, each of 32 bytes in url-safe base64"
        ) from error


def _web_address(text: str) -> str:
    try:
        return canonical_address(text)
    except ValueError as error:
        raise EnvError(f'{PREFIX}PUBLIC_URL: "{text}": {error}') from error


def _network(text: str) -> Network:
    try:
        return read_network(text)
    except ValueError as error:
        raise EnvError(f'{PREFIX}TRUSTED_PROXIES: "{text}" is no network') from error
