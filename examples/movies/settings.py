"""Settings of the films service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from environs import validate

if TYPE_CHECKING:
    from environs import Env

LOCAL_KEYS: Final = "http://127.0.0.1:8081/auth/api/v1/.well-known/jwks.json"
LOCAL_STORAGE: Final = "http://127.0.0.1:8082/storage/api/v1"
LARGEST_PORT: Final = 65_535
PORT: Final = 8083


@dataclass(frozen=True, slots=True, kw_only=True)
class MoviesSettings:
    """Where the rest of the family is, and the account whose files the films are."""

    host: str
    port: int
    jwks_url: str
    storage_url: str
    username: str
    password: str = field(repr=False)


def read_settings(env: Env) -> MoviesSettings:
    """Read and check the settings; EnvError names what is wrong."""
    return MoviesSettings(
        host=env.str("MOVIES_HOST", "127.0.0.1"),
        port=env.int("MOVIES_PORT", PORT, validate=validate.Range(1, LARGEST_PORT)),
        jwks_url=env.str("JWKS_URL", LOCAL_KEYS),
        storage_url=env.str("STORAGE_URL", LOCAL_STORAGE).rstrip("/"),
        username=env.str("MOVIES_USERNAME", "cinema"),
        password=env.str("MOVIES_PASSWORD", ""),
    )
