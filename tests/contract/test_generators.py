"""Programs that make clients out of the documents have nothing to complain about."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.documents import FOLDER, ROUTES, written

TYPESCRIPT = FOLDER.parent / "node_modules" / ".bin" / "openapi-typescript"
# A playlist is a text for players, of a type that this generator does not know by name.
CONFIG = '{"content_type_overrides": {"application/vnd.apple.mpegurl": "text/plain"}}'
COMPLAINTS = ("warning", "cannot", "skipping", "error", "omitted")


@pytest.fixture(params=ROUTES)
def document(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / f"{request.param}.json"
    path.write_bytes(written(request.param))
    return path


def run(*command: str) -> str:
    """Run a generator; what it said."""
    tools = str(Path(sys.executable).parent)
    env = {"PATH": f"{tools}:{Path(shutil.which('env') or '/usr/bin/env').parent}", "NO_COLOR": "1"}
    node = shutil.which("node")
    if node:
        env["PATH"] += f":{Path(node).parent}"
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


@pytest.mark.slow
def test_a_python_client_is_made_of_all_of_it(document: Path, tmp_path: Path) -> None:
    folder = tmp_path / "client"
    program = str(Path(sys.executable).parent / "openapi-python-client")
    config = tmp_path / "config.json"
    config.write_text(CONFIG)
    said = run(
        *(program, "generate", "--path", str(document), "--output-path", str(folder)),
        *("--meta", "none", "--config", str(config)),
    )
    assert not [word for word in COMPLAINTS if word in said.lower()], said
    errors = [path for path in folder.rglob("*.py") if "problem" in path.read_text().lower()]
    assert len(errors) > 10


@pytest.mark.skipif(not TYPESCRIPT.exists(), reason="the page's packages are not installed")
def test_types_are_made_of_all_of_it(document: Path, tmp_path: Path) -> None:
    said = run(str(TYPESCRIPT), str(document), "--output", str(tmp_path / "types.ts"))
    assert not [word for word in COMPLAINTS if word in said.lower()], said
    assert "interface paths" in (tmp_path / "types.ts").read_text()
