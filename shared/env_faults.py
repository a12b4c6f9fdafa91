"""What is wrong with the environment: all of it at once, in words."""

from __future__ import annotations

import os
import re
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from environs import Env, EnvError, EnvValidationError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

PREFIX: Final = "MERIDIAN_"
EXAMPLE: Final = Path(__file__).resolve().parents[1] / ".env.example"
IN_EXAMPLE: Final = re.compile(rf"^#?({PREFIX}\w+)=", re.MULTILINE)
NAME: Final = re.compile(rf"{PREFIX}\w+")
ALIKE: Final = 0.8
# What is read in place of a required variable, so that the others are looked at, too.
STAND_INS: Final = {
    "MERIDIAN_DATABASE_URL": "postgresql://",
    "MERIDIAN_REDIS_URL": "redis://",
    "MERIDIAN_SECRET_KEYS": "QUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUFBQUE=",
}

SettingsT = TypeVar("SettingsT")


class Environment(Env):
    """The environment; variables that are `overlooked` read as if they were not set."""

    def __init__(self) -> None:
        super().__init__(prefix=PREFIX)
        self.overlooked: set[str] = set()

    def _get_value(self, env_key: str, default: Any) -> Any:
        if env_key not in self.overlooked:
            return super()._get_value(env_key, default)
        return STAND_INS.get(env_key, default)


def read_all(read: Callable[[Env], SettingsT]) -> SettingsT:
    """Read settings; one EnvError tells of everything that is wrong with them."""
    environment = Environment()
    faults = list(misspelt(os.environ))
    settings = _read(read, environment, faults)
    if settings is None or faults:
        raise EnvError("\n".join(faults))
    return settings


def _read(
    read: Callable[[Env], SettingsT], environment: Environment, faults: list[str]
) -> SettingsT | None:
    try:
        return read(environment)
    except EnvError as error:
        name, fault = _describe(error)
        if name in environment.overlooked:
            return None
        environment.overlooked.add(name)
        faults.append(fault)
    return _read(read, environment, faults)


def misspelt(names: Iterable[str]) -> Iterable[str]:
    """Tell of variables that are none of ours, but nearly."""
    known = {name.removeprefix(PREFIX) for name in _known()}
    for name in sorted(names):
        short = name.removeprefix(PREFIX)
        if short != name and short not in known:
            for meant in get_close_matches(short, known, 1, ALIKE):
                yield f"{name} is no setting; did you mean {PREFIX}{meant}?"


@cache
def _known() -> frozenset[str]:
    """All there are, of all services; none when the list was not brought along."""
    if not EXAMPLE.exists():
        return frozenset()
    return frozenset(IN_EXAMPLE.findall(EXAMPLE.read_text(encoding="utf-8")))


def _describe(error: EnvError) -> tuple[str, str]:
    found = NAME.search(str(error))
    name = found[0] if found else ""
    if not isinstance(error, EnvValidationError):
        return name, f"{name} is not set" if str(error).endswith('" not set') else str(error)
    words = " ".join(str(message) for message in error.error_messages)
    return name, f"{name}: {words}"
