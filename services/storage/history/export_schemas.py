"""Write lines of the history as text: a JSON object a line, or a table."""

from __future__ import annotations

import csv
from io import StringIO
from typing import TYPE_CHECKING, Final

from services.storage.history.schemas import show_action
from shared.web.reply import encode

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.storage.history.actions import Action

MEDIA: Final = {"ndjson": "application/x-ndjson", "csv": "text/csv"}
COLUMNS: Final = (
    *("id", "created_at", "event", "object_id", "user_id"),
    *("ip", "place", "server", "link_id", "data"),
)


def write_head(name: str) -> bytes:
    """What comes before the first line."""
    return f"{','.join(COLUMNS)}\r\n".encode() if name == "csv" else b""


def write_lines(name: str, actions: Sequence[Action]) -> bytes:
    """Write some lines; what people made up stands in JSON, which no spreadsheet takes for more."""
    if name == "csv":
        text = StringIO()
        csv.writer(text).writerows(_row(action) for action in actions)
        return text.getvalue().encode()
    return b"".join(b"%b\n" % encode(show_action(action)) for action in actions)


def _row(action: Action) -> list[object]:
    shown = show_action(action)
    shown["created_at"] = action.created_at.isoformat().replace("+00:00", "Z")
    shown["data"] = encode(action.data).decode()
    return [shown[column] for column in COLUMNS]
