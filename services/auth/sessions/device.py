"""The device of a caller."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.auth.sessions.sessions import Device
from services.auth.sessions.user_agent import user_agent
from shared.web.client_ip import client_ip

if TYPE_CHECKING:
    from aiohttp import web


def device_of(request: web.Request) -> Device:
    """Tell where a request comes from."""
    return Device(user_agent(request), client_ip(request))
