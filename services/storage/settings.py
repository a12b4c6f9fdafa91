"""Settings of the storage service, read once from the environment."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from environs import validate

from shared.env import GeoSettings, read_geo
from shared.stores.part_sizes import LARGEST_OBJECT, LARGEST_PUT, MEBIBYTE, SMALLEST_PART

if TYPE_CHECKING:
    from environs import Env

DAY_SECONDS = 86_400
# Days in a century, and more versions than anybody looks through.
MOST_KEPT = 36_500
LOCAL_KEYS = "http://127.0.0.1:8081/auth/api/v1/.well-known/jwks.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadRules:
    """How long an upload and its URLs live, how large it may be, when silence is looked into.

    Files above `multipart_bytes` come in parts of `part_bytes`, or longer ones if those are too
    many; such an upload ends `parts_seconds` after it was last asked about.
    """

    url_seconds: int
    max_bytes: int
    silent_seconds: float
    multipart_bytes: int = LARGEST_PUT
    part_bytes: int = 16 * MEBIBYTE
    parts_seconds: int = 7 * DAY_SECONDS


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
    trash_days: int = 30
    versions_kept: int = 0
    version_days: int = 0


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
        trash_days=env.int("TRASH_DAYS", 30, validate=validate.Range(1, MOST_KEPT)),
        versions_kept=env.int("VERSIONS_KEPT", 0, validate=validate.Range(0, MOST_KEPT)),
        version_days=env.int("VERSION_DAYS", 0, validate=validate.Range(0, MOST_KEPT)),
        rules=UploadRules(
            url_seconds=env.int("UPLOAD_URL_SECONDS", 900, validate=validate.Range(1, 900)),
            max_bytes=env.int(
                "MAX_FILE_BYTES", LARGEST_OBJECT, validate=validate.Range(1, LARGEST_OBJECT)
            ),
            silent_seconds=env.float(
                "SILENT_UPLOAD_SECONDS", 5.0, validate=validate.Range(0.1, DAY_SECONDS)
            ),
            multipart_bytes=env.int(
                "UPLOAD_MULTIPART_BYTES", 64 * MEBIBYTE, validate=validate.Range(0, LARGEST_PUT)
            ),
            part_bytes=env.int(
                "PART_BYTES",
                16 * MEBIBYTE,
                validate=validate.Range(SMALLEST_PART, 1024 * MEBIBYTE),
            ),
            parts_seconds=env.int(
                "UPLOAD_PARTS_SECONDS",
                7 * DAY_SECONDS,
                validate=validate.Range(3600, 30 * DAY_SECONDS),
            ),
        ),
    )
