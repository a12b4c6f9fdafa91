"""`.env.example` names every variable that Meridian reads, with its default, and no other."""

from __future__ import annotations

import os
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from environs import Env, EnvError

from examples.movies.__main__ import main as movies
from examples.movies.settings import read_settings as read_movies
from services.__main__ import main as run_everything
from services.auth.__main__ import main as auth
from services.auth.settings import read_auth
from services.replicator.__main__ import main as replicator
from services.replicator.settings import read_settings as read_replicator
from services.storage.__main__ import main as storage
from services.storage.settings import read_settings as read_storage
from shared.env import environment, read_http, read_shared
from shared.env_faults import STAND_INS
from shared.migrate import main as migrate

if TYPE_CHECKING:
    from collections.abc import Iterator

    import click

PROJECT = Path(__file__).resolve().parents[1]
LINE = re.compile(r"(?P<off>#?)(?P<name>MERIDIAN_[A-Z0-9_]+)=(?P<text>.*)")
IN_CADDYFILE = re.compile(r"\{\$(MERIDIAN_[A-Z0-9_]+)(?::([^{}]*))?\}")
IN_CODE = re.compile(r"[\"'](MERIDIAN_[A-Z0-9_]+)[\"']")
SET_BY_COMPOSE = re.compile(r"^ +(MERIDIAN_[A-Z0-9_]+):", re.MULTILINE)
IN_COMPOSE = re.compile(r"\$\{(MERIDIAN_[A-Z0-9_]+)([^{}]*)\}")
LONGEST_LINE = 100
# Passed from the local stack to its own processes, and of no use to anybody else.
PRIVATE = {
    "MERIDIAN_EDGE_HOOK_SECRET",
    # Whose film `make_film` brings: said at the terminal, not kept among the settings.
    "MERIDIAN_USERNAME",
    "MERIDIAN_PASSWORD",
}
# Inside its container a service always listens to the same port.
FIXED_IN_CONTAINERS = {"MERIDIAN_AUTH_PORT", "MERIDIAN_STORAGE_PORT", "MERIDIAN_MOVIES_PORT"}
# What compose sets otherwise than the services do by themselves, and why.
OTHER_IN_CONTAINERS = {
    "MERIDIAN_TRUSTED_PROXIES": "the gateway is another container, not this machine",
    "MERIDIAN_GEOIP_DB": "the files come with an image of their own",
    "MERIDIAN_STORAGE_PROCESSES": "its container has two CPUs to itself",
    "MERIDIAN_REPLICATOR_WORKERS": "there are two containers of it with one each",
}
COMMANDS = (run_everything, auth, storage, replicator, movies, migrate)


class Entry(NamedTuple):
    """A variable of the example; `is_default`: it is commented out, and shows its default."""

    text: str
    is_default: bool
    comment: str


@pytest.fixture(scope="module")
def example() -> dict[str, Entry]:
    """What the file says."""
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    found: dict[str, Entry] = {}
    for before, line in pairwise(lines):
        match = LINE.fullmatch(line)
        if match:
            assert match["name"] not in found, f"{match['name']} is there twice"
            found[match["name"]] = Entry(match["text"], match["off"] == "#", before)
    return found


@pytest.fixture
def required(example: dict[str, Entry], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What has to be set, and the only variables that are."""
    for name in os.environ:
        if name.startswith("MERIDIAN_"):
            monkeypatch.delenv(name)
    needed = {
        name: entry.text or STAND_INS.get(name, "text")
        for name, entry in example.items()
        if not entry.is_default
    }
    for name, text in needed.items():
        monkeypatch.setenv(name, text)
    return needed


@pytest.fixture
def asked(required: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> set[str]:
    """What the services ask the environment for while they read their settings."""
    found = set()
    genuine = Env._get_value

    def record(env: Env, name: str, default: Any) -> Any:
        found.add(name)
        return genuine(env, name, default)

    with monkeypatch.context() as patching:
        patching.setattr(Env, "_get_value", record)
        read_all()
    return found


def read_all() -> list[object]:
    """Read the settings of every service."""
    env = environment()
    readers = (read_shared, read_http, read_auth, read_storage, read_replicator, read_movies)
    return [read(env) for read in readers]


def asked_by_commands() -> set[str]:
    """Variables that options of commands can come from."""
    return {name for command in COMMANDS for name in _variables(command, None)}


def _variables(command: click.Command, prefix: str | None) -> Iterator[str]:
    prefix = command.context_settings.get("auto_envvar_prefix", prefix)
    for option in command.params:
        if isinstance(option.envvar, str):
            yield option.envvar
        elif prefix is not None:
            yield f"{prefix}_{option.name}".upper()
    for inner in getattr(command, "commands", {}).values():
        yield from _variables(inner, prefix)


def asked_by_gateway() -> dict[str, str]:
    """Variables of the Caddyfile, with their defaults."""
    text = (PROJECT / "services/gateway/Caddyfile").read_text(encoding="utf-8")
    return dict(IN_CADDYFILE.findall(text))


def named_in_code() -> set[str]:
    """Variables that the code names itself."""
    found: set[str] = set()
    for package in ("services", "shared", "examples"):
        for path in (PROJECT / package).rglob("*.py"):
            found |= set(IN_CODE.findall(path.read_text(encoding="utf-8")))
    return found


def asked_by_compose() -> dict[str, str | None]:
    """Variables that containers are set up with, with their defaults; None where there is none."""
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    return {
        name: rest.removeprefix(":-") if rest.startswith(":-") else None
        for name, rest in IN_COMPOSE.findall(text)
    }


def test_names_what_is_read(example: dict[str, Entry], asked: set[str]) -> None:
    read = asked | asked_by_commands() | set(asked_by_gateway()) | named_in_code()
    read |= set(asked_by_compose())
    assert read - PRIVATE - set(example) == set(), "not in the example"
    assert set(example) - read == set(), "nobody reads it"


def test_containers_are_told_all_that_services_read(asked: set[str]) -> None:
    text = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
    assert asked - FIXED_IN_CONTAINERS - set(SET_BY_COMPOSE.findall(text)) == set()


def test_sets_what_has_no_default(
    required: dict[str, str], asked: set[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in asked & set(required):
        with monkeypatch.context() as patching:
            patching.delenv(name)
            with pytest.raises(EnvError, match=name):
                read_all()


def test_shows_the_defaults(
    example: dict[str, Entry], required: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    by_default = read_all()
    for name, entry in example.items():
        monkeypatch.setenv(name, required.get(name, entry.text))
    assert read_all() == by_default


def test_shows_the_defaults_of_the_gateway(example: dict[str, Entry]) -> None:
    for name, default in asked_by_gateway().items():
        assert example[name].is_default
        assert example[name].text == default


def test_shows_the_defaults_of_the_containers(example: dict[str, Entry]) -> None:
    other = set()
    for name, default in asked_by_compose().items():
        assert example[name].is_default == (default is not None), name
        if example[name].text != (default or ""):
            other.add(name)
    assert other == set(OTHER_IN_CONTAINERS)


def test_shows_the_defaults_of_the_local_stack(example: dict[str, Entry]) -> None:
    options = {option.envvar: option for option in run_everything.params}
    assert example["MERIDIAN_HOME"].text == options["MERIDIAN_HOME"].default
    assert not example["MERIDIAN_PORT"].text


def test_explains_each_in_one_line(example: dict[str, Entry]) -> None:
    for name, entry in example.items():
        assert entry.comment.startswith("# "), name
        assert len(entry.comment) <= LONGEST_LINE, name


def test_holds_no_usable_secret(example: dict[str, Entry]) -> None:
    for name, entry in example.items():
        if "PASSWORD" in name or "SECRET" in name:
            assert not entry.text, name
