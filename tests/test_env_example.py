"""`.env.example` names every variable that Meridian reads, with its default, and no other."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click
import pytest
from environs import Env

import services.__main__
import services.auth.__main__
import services.replicator.__main__
import services.storage.__main__
import shared.migrate
from services.auth.settings import read_auth
from services.replicator.settings import read_settings as read_replicator
from services.storage.settings import read_settings as read_storage
from shared.env import environment, read_http, read_shared

if TYPE_CHECKING:
    from collections.abc import Iterator

PROJECT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"(?P<off>#?)(?P<name>MERIDIAN_[A-Z0-9_]+)=(?P<text>.*)")
IN_CADDYFILE = re.compile(r"\{\$(MERIDIAN_[A-Z0-9_]+)(?::([^{}]*))?\}")
IN_CODE = re.compile(r"[\"'](MERIDIAN_[A-Z0-9_]+)[\"']")
LONGEST_LINE = 100
# Passed from the local stack to its own processes, and of no use to anybody else.
PRIVATE = {"MERIDIAN_EDGE_HOOK_SECRET"}
COMMANDS = (
    services.__main__.main,
    services.auth.__main__.main,
    services.storage.__main__.main,
    services.replicator.__main__.main,
    shared.migrate.main,
)


class Entry(NamedTuple):
    """A variable of the example; `is_default`: it is commented out, and shows its default."""

    text: str
    is_default: bool
    comment: str


@pytest.fixture(scope="module")
def example() -> dict[str, Entry]:
    """What the file says."""
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    found = {}
    for before, line in zip(lines, lines[1:], strict=False):
        match = LINE.fullmatch(line)
        if match:
            assert match["name"] not in found, f"{match['name']} is there twice"
            found[match["name"]] = Entry(match["text"], match["off"] == "#", before)
    return found


@pytest.fixture
def asked(example: dict[str, Entry], monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What the services ask the environment for while they read their settings."""
    found: dict[str, Any] = {}
    genuine = Env._get_value

    def record(env: Env, name: str, default: Any) -> Any:
        found[name] = default
        return genuine(env, name, default)

    monkeypatch.setattr(Env, "_get_value", record)
    set_variables(
        monkeypatch, {name: one.text for name, one in example.items() if not one.is_default}
    )
    read_all()
    return found


def set_variables(monkeypatch: pytest.MonkeyPatch, variables: dict[str, str]) -> None:
    """Have an environment with just these of our variables."""
    for name in example_names():
        monkeypatch.delenv(name, raising=False)
    for name, text in variables.items():
        monkeypatch.setenv(name, text)


def example_names() -> list[str]:
    """The names in the file, whatever stands before them."""
    return re.findall(r"MERIDIAN_[A-Z0-9_]+(?==)", (PROJECT / ".env.example").read_text("utf-8"))


def read_all() -> list[object]:
    """Read the settings of every service."""
    env = environment()
    readers = (read_shared, read_http, read_auth, read_storage, read_replicator)
    return [read(env) for read in readers]


def asked_by_commands() -> set[str]:
    """Variables that options of commands can come from."""
    return {name for command in COMMANDS for name in _variables(command, None)}


def _variables(command: click.Command, prefix: str | None) -> Iterator[str]:
    prefix = command.context_settings.get("auto_envvar_prefix", prefix)
    for option in command.params:
        if isinstance(option.envvar, str):
            yield option.envvar
        elif prefix and isinstance(option, click.Option) and option.allow_from_autoenv:
            if "help" not in option.opts[0]:
                yield f"{prefix}_{option.name}".upper()
    for inner in getattr(command, "commands", {}).values():
        yield from _variables(inner, prefix)


def asked_by_gateway() -> dict[str, str]:
    """Variables of the Caddyfile, with their defaults."""
    text = (PROJECT / "services/gateway/Caddyfile").read_text(encoding="utf-8")
    return {name: default or "" for name, default in IN_CADDYFILE.findall(text)}


def named_in_code() -> set[str]:
    """Variables that the code names itself."""
    found: set[str] = set()
    for package in ("services", "shared"):
        for path in (PROJECT / package).rglob("*.py"):
            found |= set(IN_CODE.findall(path.read_text(encoding="utf-8")))
    return found


def test_names_what_is_read(example: dict[str, Entry], asked: dict[str, Any]) -> None:
    read = set(asked) | asked_by_commands() | set(asked_by_gateway()) | named_in_code()
    assert set(example) == read - PRIVATE


def test_shows_the_defaults(
    example: dict[str, Entry], asked: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, default in asked.items():
        assert example[name].is_default == (default is not ...), name
    by_default = read_all()
    set_variables(monkeypatch, {name: entry.text for name, entry in example.items()})
    assert read_all() == by_default


def test_shows_the_defaults_of_the_gateway(example: dict[str, Entry]) -> None:
    for name, default in asked_by_gateway().items():
        assert example[name].is_default
        assert example[name].text == default


def test_shows_the_defaults_of_the_local_stack(example: dict[str, Entry]) -> None:
    options = {option.envvar: option for option in services.__main__.main.params}
    assert example["MERIDIAN_HOME"].text == options["MERIDIAN_HOME"].default
    assert not example["MERIDIAN_PORT"].text


def test_explains_each_in_one_line(example: dict[str, Entry]) -> None:
    for name, entry in example.items():
        assert entry.comment.startswith("# "), name
        assert len(entry.comment) <= LONGEST_LINE, name


def test_holds_no_usable_secret(example: dict[str, Entry]) -> None:
    for name, entry in example.items():
        if "PASSWORD" in name or "KEYS" in name:
            assert entry.text in {"", "change-me"}, name
