"""Logs: JSON lines with service and request, and never a secret."""

from __future__ import annotations

import logging
import subprocess
import sys
from io import StringIO
from pathlib import Path
from typing import Any

import orjson
import pytest

from shared.logs import PlainLines
from shared.redact import scrub, scrub_text

ROOT = Path(__file__).parent.parent.parent
JWT = "eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl"

SAY = """
import logging, structlog
from shared.logs import configure_logs
configure_logs("storage", level="info", form="{form}")
log = structlog.get_logger("ours")
with structlog.contextvars.bound_contextvars(request_id="r-1"):
    log.info("stored", size=5, password="hunter2", n={{"token": "abc", "list": ["Bearer xyz"]}})
    logging.getLogger("library").warning("GET %s", "http://s3/b/k?X-Amz-Signature=deadbeef&x=1")
log.debug("unheard")
secret = "kept in a local"
try:
    raise ValueError("postgresql://user:hunter2@host/db")
except ValueError:
    log.exception("failed")
"""


def said(form: str) -> str:
    """Run a program that logs; tell what it wrote."""
    done = subprocess.run(
        [sys.executable, "-c", SAY.format(form=form)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == ""
    return done.stderr


def test_json_lines_name_service_and_request() -> None:
    lines: list[dict[str, Any]] = [orjson.loads(line) for line in said("json").splitlines()]
    ours, theirs, failed = lines
    assert ours["event"] == "stored"
    assert ours["service"] == theirs["service"] == "storage"
    assert ours["request_id"] == theirs["request_id"] == "r-1"
    assert (ours["level"], theirs["level"]) == ("info", "warning")
    assert ours["timestamp"].endswith("Z")
    assert ours["size"] == 5
    assert "ValueError" in failed["exception"]


def test_a_plain_line_stays_one_line_whatever_is_in_it() -> None:
    stream = StringIO()
    lines = PlainLines()
    fields: dict[str, object] = {"path": "/отчёт/a b\n[info] forged", "status": 200, "user": None}
    for form in ("console", "json"):
        lines.open("storage", form, stream)
        lines.write("request", fields)
    console, json = stream.getvalue().splitlines()
    assert console.endswith(
        r" request path='/отчёт/a b\n[info] forged' status=200 user=None service=storage"
    )
    assert orjson.loads(json).items() >= {**fields, "service": "storage"}.items()


@pytest.mark.parametrize("form", ["json", "console"])
def test_no_secret_is_written(form: str) -> None:
    text = said(form)
    for secret in ("hunter2", "abc", "xyz", "deadbeef", "kept in a local"):
        assert secret not in text
    assert "x=1" in text
    assert "stored" in text


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("Authorization: Bearer abc.def", "Authorization: Bearer ***"),
        (
            "http://h/b?X-Amz-Credential=AK%2F1&X-Amz-Signature=ff&x=1",
            "http://h/b?X-Amz-Credential=***&X-Amz-Signature=***&x=1",
        ),
        (f"token is {JWT}.", "token is eyJ***."),
        ("made mrd_0aZ9 for you", "made mrd_*** for you"),
        ("redis://:pa55@h:1/0", "redis://:***@h:1/0"),
        ("postgresql://u:p%40x@h/d", "postgresql://u:***@h/d"),
        ("http://h:80/a:b@c", "http://h:80/a:b@c"),
        ('{"password": "p", "name": "n"}', '{"password": "***", "name": "n"}'),
        ("GET /cb?code=abc&state=s", "GET /cb?code=***&state=s"),
        ("the password is wrong", "the password is wrong"),
        ("FILE_NOT_FOUND", "FILE_NOT_FOUND"),
    ],
)
def test_shapes_of_secrets(given: str, kept: str) -> None:
    assert scrub_text(given) == kept


def test_fields_are_hidden_by_name_at_any_depth() -> None:
    event = {
        "event": "x",
        "Authorization": "y",
        "new_password": "y",
        "access_token": "y",
        "secret_key": b"y",
        "rows": [{"refresh_token": "y", "size": 1}],
        "files": ("a", 2, None),
        "code": "FILE_NOT_FOUND",
    }
    assert scrub(logging.getLogger(), "info", event) == {
        "event": "x",
        "Authorization": "***",
        "new_password": "***",
        "access_token": "***",
        "secret_key": "***",
        "rows": [{"refresh_token": "***", "size": 1}],
        "files": ["a", 2, None],
        "code": "FILE_NOT_FOUND",
    }
