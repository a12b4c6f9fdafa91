"""The table of refusals."""

from __future__ import annotations

import re
from pathlib import Path

from shared import errors
from shared.errors import Problem

CADDYFILE = Path(__file__).parents[2] / "services" / "gateway" / "Caddyfile"
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
