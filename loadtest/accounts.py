"""The accounts people of a load test sign in to: made through the API, kept in the home."""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

ACCOUNTS_FILE = "load-accounts.json"
PRIVATE = 0o600


@dataclass(frozen=True, slots=True)
class Account:
    """Whom to sign in as."""

    username: str
    password: str


def read_accounts(path: str) -> tuple[Account, ...]:
    """Read the accounts; none when there is no file yet."""
    try:
        rows = json.loads(Path(path).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return ()
    return tuple(Account(**row) for row in rows)


def write_accounts(path: str, accounts: Iterable[Account]) -> None:
    """Write the accounts, readable by their owner only."""
    rows = [asdict(account) for account in accounts]
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
        json.dump(rows, stream)
