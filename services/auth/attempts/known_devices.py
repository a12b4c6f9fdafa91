"""Known devices: a browser that somebody signed in with keeps a mark that nobody can forge.

It names the session that it is from: however often that is refreshed, it is one device.
"""

from __future__ import annotations

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from uuid import UUID

from shared.derived_keys import derive_keys, is_signed, sign

if TYPE_CHECKING:
    from collections.abc import Sequence

PURPOSE: Final = b"meridian known device 1"
ID_BYTES: Final = 16
USER_BYTES: Final = 16
PAYLOAD_BYTES: Final = ID_BYTES + USER_BYTES


@dataclass(frozen=True, slots=True)
class KnownDevice:
    """A browser, who has signed in with it, and by which session or reset link."""

    user_id: UUID
    id: UUID


class DeviceMarks:
    """Makes and reads marks: user, session, HMAC-SHA256 with a key of the server."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._keys = derive_keys(secret_keys, PURPOSE)

    def make(self, device: KnownDevice) -> str:
        """Make the mark for a browser that a user has signed in with."""
        payload = device.user_id.bytes + device.id.bytes
        return base64.urlsafe_b64encode(payload + sign(self._keys[0], payload)).decode()

    def read(self, mark: str) -> KnownDevice | None:
        """Read a mark; None for one that we did not make."""
        try:
            raw = base64.urlsafe_b64decode(mark.encode("ascii"))
        except (ValueError, binascii.Error):
            return None
        payload, signature = raw[:PAYLOAD_BYTES], raw[PAYLOAD_BYTES:]
        if not is_signed(self._keys, payload, signature):
            return None
        return KnownDevice(UUID(bytes=payload[:USER_BYTES]), UUID(bytes=payload[USER_BYTES:]))
