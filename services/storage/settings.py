"""Settings of the storage service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from environs import validate

from shared.env import GeoSettings, read_geo

if TYPE_CHECKING:
    from environs import Env

LARGEST_SINGLE_PUT = 5 * 1024**3
DAY_SECONDS = 86_400
LOCAL_KEYS = "http://127.0.0.1:8081/auth/api/v1/.well-known/jwks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRules:
    """How long an upload URL lives, how large a file may be, when silence is looked into."""

    url_seconds: int
    max_bytes: int
    silent_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class StorageSettings:
    """What only the storage service needs to know; times in seconds, sizes in bytes."""

    host: str
    port: int
    processes: int
    jwks_url: str
    geo: GeoSettings
    download_seconds: int
    rules: UploadRules
    history_months: int = 0


def read_settings(env: Env) -> StorageSettings:
    """Read and check the settings; EnvError names what is wrong."""
    return StorageSettings(
        host=env.str("STORAGE_HOST", "127.0.0.1"),
        port=env.int("STORAGE_PORT", 8082, validate=validate.Range(1, 65_535)),
        processes=env.int("STORAGE_PROCESSES", 1, validate=validate.Range(1, 64)),
        jwks_url=env.str("JWKS_URL", LOCAL_KEYS),
        geo=read_geo(env),
        download_seconds=env.int("DOWNLOAD_URL_SECONDS", 300, validate=validate.Range(1, 300)),
        history_months=env.int("HISTORY_MONTHS", 0, validate=validate.Range(0, 1200)),
        rules=UploadRules(
            url_seconds=env.int("UPLOAD_URL_SECONDS", 900, validate=validate.Range(1, 900)),
            max_bytes=env.int(
                "MAX_FILE_BYTES",
                LARGEST_SINGLE_PUT,
                validate=validate.Range(1, LARGEST_SINGLE_PUT),
            ),
            silent_seconds=env.float(
                "SILENT_UPLOAD_SECONDS", 5.0, validate=validate.Range(0.1, DAY_SECONDS)
            ),
        ),
    )
