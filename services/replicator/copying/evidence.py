"""What says that bytes are those of a version, before and after they are read."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from shared.stores.digest import is_md5

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.copying.fingerprint import Fingerprint
    from shared.catalog.versions import Version

Proof: TypeAlias = Literal["sha256", "etag", "reading"]
NO_BYTES: Final = sha256().digest()


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the bytes without reading them; nothing is believed of later ETags."""

    sha256: bytes | None
    md5: str | None

    @property
    def is_there(self) -> bool:
        """Whether anything says what the bytes should be."""
        return self.sha256 is not None or self.md5 is not None

    @property
    def proof(self) -> Proof:
        """What a reading that agrees with it goes back to."""
        if self.sha256 is not None:
            return "sha256"
        return "reading" if self.md5 is None else "etag"

    def agrees(self, reading: Fingerprint) -> bool:
        """Whether a whole reading has the bytes that were to be expected."""
        if self.sha256 is not None:
            return self.sha256 == reading.sha256
        return self.md5 == reading.md5


@dataclass(frozen=True, slots=True)
class Proven:
    """A whole reading of a server that has the bytes of the version."""

    sha256: bytes
    proof: Proof
    server_id: UUID


def evidence_of(version: Version) -> Evidence:
    """The SHA-256 if there is one, or the MD5 that the first server had when it got the bytes."""
    known = version.sha256 if version.size else NO_BYTES
    md5 = version.etag if version.etag and is_md5(version.etag) else None
    return Evidence(known, md5)
