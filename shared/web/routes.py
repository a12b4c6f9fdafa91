"""Routes as data: one row says who may call what, with which body, and what comes back."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, TypeAlias
from uuid import UUID

from aiohttp import web

from shared.errors import NOT_FOUND, MeridianError, Problem
from shared.web.access import PUBLIC, SIGNED_IN, Permission
from shared.web.auth import authorize
from shared.web.idempotency import play_once
from shared.web.parse import Parser, parse_body, parse_query

if TYPE_CHECKING:
    from collections.abc import Iterable

    from marshmallow import Schema

__all__ = ("PUBLIC", "SIGNED_IN", "Route", "add_routes", "path_id", "path_number")

Handler: TypeAlias = Callable[..., Awaitable[web.StreamResponse]]

VERSION = "/v1"
UUID_PATTERN = "[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
NUMBER_PATTERN = "[1-9][0-9]{0,8}"
PLACEHOLDER = re.compile(r"\{(\w+)\}")
