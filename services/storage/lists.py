"""Lists by keyset: the conditions that were asked for, and where the page begins."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from uuid import UUID

if TYPE_CHECKING:
    from collections.abc import Sequence

ORDERS: Final = {"asc": ">", "desc": "<"}
# Where a list by time and id begins that is read to its end.
BEFORE_ALL_TIMES: Final = (datetime.fromtimestamp(0, UTC), UUID(int=0))


class Conditions:
    """A WHERE that names only what was asked for, and its arguments.

    So each text has one good plan, also when PostgreSQL stops looking at the arguments.
    """

    def __init__(self, text: str, *arguments: Any) -> None:
        self.arguments: list[Any] = []
        self._texts: list[str] = []
        self.add(text, *arguments)

    def __str__(self) -> str:
        return " AND ".join(self._texts)

    def add(self, text: str, *arguments: Any) -> None:
        """Narrow the list; `{}` stands for an argument."""
        self._texts.append(text.format(*(self.bind(argument) for argument in arguments)))

    def bind(self, argument: Any) -> str:
        """Pass an argument; its place in the text."""
        self.arguments.append(argument)
        return f"${len(self.arguments)}"

    def begin_behind(self, columns: str, row: Sequence[Any] | None, order: str) -> None:
        """Begin behind the row that a cursor names, as an index on these columns finds it."""
        if row is not None:
            places = ", ".join("{}" for _ in row)
            self.add(f"({columns}) {ORDERS[order]} ({places})", *row)
