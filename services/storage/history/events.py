"""What can stand in a history: a thing and what was done to it."""

from __future__ import annotations

from enum import StrEnum


class ActionEvent(StrEnum):
    """Names of actions, as people and programs read them."""

    FILE_UPLOAD = "FILE.UPLOAD"
    FILE_DOWNLOAD = "FILE.DOWNLOAD"
    FILE_CHANGE = "FILE.CHANGE"
    FILE_DELETE = "FILE.DELETE"
    LINK_CREATE = "LINK.CREATE"
    LINK_CHANGE = "LINK.CHANGE"
    LINK_DELETE = "LINK.DELETE"
    LINK_OPEN = "LINK.OPEN"
    LINK_REFUSE = "LINK.REFUSE"
    SERVER_CREATE = "SERVER.CREATE"
    SERVER_CHANGE = "SERVER.CHANGE"
    SERVER_DELETE = "SERVER.DELETE"
    SERVER_DRAIN = "SERVER.DRAIN"
    VERSION_LOSE = "VERSION.LOSE"
