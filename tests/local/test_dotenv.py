"""The .env of the containers can be read by a shell, too."""

from __future__ import annotations

import subprocess
from pathlib import Path

from services.local.run.dotenv import complete

PROJECT = Path(__file__).resolve().parents[2]


def read_by_a_shell(path: Path, name: str) -> str:
    """What a variable is after `. ./.env`; nothing may be said meanwhile."""
    done = subprocess.run(
        ["sh", "-euc", f'set -a; . "{path}"; printf %s "${name}"'],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stderr == ""
    return done.stdout


def test_values_of_several_words_are_quoted(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    path.write_text(
        "# email admin@example.com\n"
        "MERIDIAN_GATEWAY_OPTIONS=email admin@example.com\n"
        "export MERIDIAN_S3_ORIGINS = http://a:1  http://b:2\n"
        'MERIDIAN_WEB_ROOT="/srv/the web"\n'
        "MERIDIAN_LOG_LEVEL=info # not debug\n"
    )
    complete(path)
    lines = path.read_text().splitlines()
    assert lines[0] == "# email admin@example.com"
    assert read_by_a_shell(path, "MERIDIAN_GATEWAY_OPTIONS") == "email admin@example.com"
    assert read_by_a_shell(path, "MERIDIAN_S3_ORIGINS") == "http://a:1  http://b:2"
    assert read_by_a_shell(path, "MERIDIAN_WEB_ROOT") == "/srv/the web"
    assert read_by_a_shell(path, "MERIDIAN_LOG_LEVEL") == "info"


def test_the_example_can_be_read_by_a_shell_with_every_default_set(tmp_path: Path) -> None:
    path = tmp_path / ".env"
    example = (PROJECT / ".env.example").read_text(encoding="utf-8")
    path.write_text(example.replace("#MERIDIAN_", "MERIDIAN_"))
    complete(path)
    assert read_by_a_shell(path, "MERIDIAN_LOG_FORMAT") == "json"
