"""Who may write the columns that hold a state."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCES = [path for name in ("services", "shared") for path in (ROOT / name).rglob("*.py")]

SETS = re.compile(r"UPDATE storage\.(\w+)\b(?:(?!WHERE|FROM |UPDATE ).)*?\bstate = ", re.DOTALL)
INSERTS = re.compile(r"INSERT INTO storage\.(replicas)\b[^)]*\bstate\b")

# The steps of a version stand in shared/catalog/version_states.py; a replica is moved by the
# replicator, but for what one statement of another has to do with it: be born and be given up.
OWNERS = {
    "versions": "shared/catalog/version_states.py",
    "replicas": "services/replicator/catalog/",
}
BESIDE = {
    "shared/catalog/versions.py": "replicas",
    "shared/catalog/dead_letters.py": "replicas",
    "services/storage/cities/remove.py": "replicas",
}


def test_each_state_is_written_by_its_owner() -> None:
    found: set[tuple[str, str]] = set()
    for path in SOURCES:
        name, text = path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
        found |= {(name, table) for table in SETS.findall(text) + INSERTS.findall(text)}
    strangers = {
        (name, table)
        for name, table in found
        if table in OWNERS and not name.startswith(OWNERS[table])
    }
    assert strangers == set(BESIDE.items())
    assert any(name.startswith(OWNERS["replicas"]) for name, _ in found)
