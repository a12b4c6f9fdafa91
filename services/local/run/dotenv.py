"""Secrets of the containers: `python3 -m services.local.run.dotenv .env` makes up the missing.

Standard library only: it runs on a host that has nothing but Docker and Python.
"""

from __future__ import annotations

import argparse
import os
import re
import secrets
import sys
from base64 import urlsafe_b64decode, urlsafe_b64encode
from pathlib import Path

from shared.strength import weakness

KEY_BYTES = 32
PRIVATE_FILE = 0o600
VAULT_KEYS = "MERIDIAN_SECRET_KEYS"
CITIES = ("NEW_YORK", "VLADIVOSTOK", "CAPE_TOWN")
PASSWORDS = (
    "MERIDIAN_POSTGRES_PASSWORD",
    "MERIDIAN_AUTH_DB_PASSWORD",
    "MERIDIAN_STORAGE_DB_PASSWORD",
    "MERIDIAN_REPLICATOR_DB_PASSWORD",
    "MERIDIAN_REDIS_PASSWORD",
    *(f"MERIDIAN_{city}_{kind}" for city in CITIES for kind in ("SECRET_KEY", "HOOK_SECRET")),
)
SECRETS = (VAULT_KEYS, *PASSWORDS)
LINE = re.compile(r"^\s*(?:export\s+)?(\w+)\s*=\s*(.*?)\s*$")
# They become part of URLs and of JSON.
PLAIN = re.compile(r"[\w.~-]+")
# Compose takes it as it is; `. ./.env` would run its second word.
WORDS = re.compile(r"[^\s'\"$#\\]+(?:\s+[^\s'\"$#\\]+)+")


def complete(path: Path) -> list[str]:
    """Add the secrets that are missing; their names. ValueError names one that is weak.

    Values of several words are put into quotes, so that shells can read the file, too.
    """
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    given = _read(text)
    missing = [name for name in SECRETS if not given.get(name)]
    for name in SECRETS:
        because = "" if name in missing else _fault(name, given[name])
        if because:
            raise ValueError(f"{name} in {path} {because}")
    # An empty line of the example would hide what is added behind it.
    kept = [_quoted(line) for line in text.splitlines() if _name(line) not in missing]
    lines = [*kept, *map(_line, missing)]
    if lines != text.splitlines():
        _write(path, lines)
    return missing


def _quoted(line: str) -> str:
    match = LINE.match(line)
    return f"{match[1]}='{match[2]}'" if match and WORDS.fullmatch(match[2]) else line


def _read(text: str) -> dict[str, str]:
    found = (LINE.match(line) for line in text.splitlines())
    return {match[1]: match[2].strip("\"'") for match in found if match}


def _name(line: str) -> str:
    match = LINE.match(line)
    return match[1] if match else ""


def _fault(name: str, secret: str) -> str:
    if name == VAULT_KEYS:
        return (
            "" if all(map(_is_key, secret.split(","))) else "must hold keys of 32 bytes in base64"
        )
    if not PLAIN.fullmatch(secret):
        return "may hold letters, digits, dots, _, ~ and - only"
    return weakness(secret)


def _is_key(text: str) -> bool:
    try:
        return len(urlsafe_b64decode(text)) == KEY_BYTES
    except ValueError:
        return False


def _line(name: str) -> str:
    if name == VAULT_KEYS:
        return f"{name}={urlsafe_b64encode(secrets.token_bytes(KEY_BYTES)).decode()}"
    return f"{name}={secrets.token_hex(KEY_BYTES)}"


def _write(path: Path, lines: list[str]) -> None:
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        stream.writelines(f"{line}\n" for line in lines)
        stream.flush()
        os.fsync(descriptor)
    part.replace(path)


def main() -> None:
    """Complete the file that is named."""
    parser = argparse.ArgumentParser(description="Make up the secrets that a file lacks.")
    parser.add_argument("file", nargs="?", default=".env", type=Path)
    path = parser.parse_args().file
    try:
        made = complete(path)
    except (OSError, ValueError) as error:
        sys.exit(str(error))
    if made:
        sys.stderr.write(f"Made up {len(made)} secrets in {path}; keep a copy of it.\n")


if __name__ == "__main__":
    main()
