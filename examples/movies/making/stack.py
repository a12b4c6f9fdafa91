"""Where Meridian is, and the two accounts that a new film takes."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

CINEMA: Final = "cinema"
HOME: Final = ".meridian"
NOT_THERE: Final = (
    "No stack runs in {home}. Start one by `make run`, or name another: MERIDIAN_HOME of a local "
    "stack; else --address with {names} in the environment."
)
NAMES: Final = (
    "MERIDIAN_USERNAME",
    "MERIDIAN_PASSWORD",
    "MERIDIAN_MOVIES_USERNAME",
    "MERIDIAN_MOVIES_PASSWORD",
)


class StackError(Exception):
    """Why there is nowhere to bring a film to, in words for the person at the terminal."""


@dataclass(frozen=True, slots=True)
class Account:
    """Who signs in."""

    username: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Stack:
    """`curator` may change films; `owner` is the account of the films service."""

    address: str
    curator: Account
    owner: Account


def find_stack(address: str | None) -> Stack:
    """Find the local stack, or take another by its address; StackError."""
    if address is None:
        return _local()
    texts = [os.environ.get(name, "") for name in NAMES]
    if not all(texts):
        raise StackError(f"These have to be in the environment: {', '.join(NAMES)}.")
    curator, owner = Account(*texts[:2]), Account(*texts[2:])
    return Stack(address.rstrip("/"), curator, owner)


def _local() -> Stack:
    home = Path(os.environ.get("MERIDIAN_HOME", HOME))
    try:
        told: dict[str, Any] = json.loads((home / "run.json").read_text(encoding="utf-8"))
    except OSError:
        raise StackError(NOT_THERE.format(home=home, names=", ".join(NAMES))) from None
    accounts = {
        (CINEMA if who["username"] == CINEMA else who["is_superuser"]): Account(
            who["username"], who["password"]
        )
        for who in told["accounts"]
    }
    return Stack(told["address"], accounts[True], accounts[CINEMA])
