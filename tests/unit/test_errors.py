"""The table of refusals."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

from shared import errors
from shared.errors import Problem
from shared.web.problem_schema import ProblemSchema

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
CADDYFILE = ROOT / "services" / "gateway" / "Caddyfile"
PROBLEMS = {name: one for name, one in vars(errors).items() if isinstance(one, Problem)}


def test_a_code_is_its_own_name() -> None:
    assert {name: one.code for name, one in PROBLEMS.items()} == {name: name for name in PROBLEMS}


def test_what_the_gateway_refuses_with_is_in_the_table() -> None:
    said = re.findall(
        r'"title": "([^"]+)", "status": (\d+), "code": "(\w+)"', CADDYFILE.read_text()
    )
    assert said
    for title, status, code in said:
        assert PROBLEMS[code] == Problem(code, int(status), title)


def facts() -> Iterator[str]:
    """Name what refusals tell beside their sentence, all over the code."""
    for path in (*(ROOT / "services").rglob("*.py"), *(ROOT / "shared").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("MeridianError"):
                yield from (keyword.arg for keyword in node.keywords if keyword.arg)


def test_every_fact_is_described() -> None:
    told = {*facts()} - {"retry_after"}
    assert "limit" in told
    assert told <= ProblemSchema().fields.keys()


def test_what_passes_by_itself() -> None:
    temporary = {one.code for one in PROBLEMS.values() if one.is_temporary}
    assert {"NO_SERVER", "DATABASE_UNAVAILABLE", "TOO_MANY_ATTEMPTS"} <= temporary
    assert not temporary & {"INTERNAL", "UPLOAD_INCOMPLETE", "UPLOAD_EXPIRED", "FILE_NOT_FOUND"}
