"""What says that bytes are those of a version, before and after they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from services.replicator.copying.fingerprint import Fingerprint, Hashing
from shared.stores.digest import is_md5

if TYPE_CHECKING:
    from uuid import UUID

    from services.replicator.settings import Cut
    from shared.catalog.versions import Version

Proof: TypeAlias = Literal["sha256", "etag", "reading"]
NO_BYTES: Final = sha256().digest()
OF_PARTS: Final = re.compile("[0-9a-f]{32}-[0-9]+")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What is known of the bytes without reading them; nothing is believed of later ETags.

    `etag_of_parts` is that of an object which was joined of parts of `part_size`.
    """

    sha256: bytes | None = None
    md5: str | None = None
    etag_of_parts: str | None = None

    @property
    def is_there(self) -> bool:
        """Whether anything says what the bytes should be."""
        return any((self.sha256, self.md5, self.etag_of_parts))

    @property
    def proof(self) -> Proof:
        """What a reading that agrees with it goes back to."""
        if self.sha256 is not None:
            return "sha256"
        return "etag" if self.md5 or self.etag_of_parts else "reading"

    def agrees(self, reading: Fingerprint) -> bool:
        """Whether a whole reading has the bytes that were to be expected."""
        if self.sha256 is not None:
            return self.sha256 == reading.sha256
        if self.md5 is not None:
            return self.md5 == reading.md5
        return self.etag_of_parts == reading.etag_of_parts


@dataclass(frozen=True, slots=True)
class Proven:
    """A whole reading of a server that has the bytes of the version."""

    sha256: bytes
    proof: Proof
    server_id: UUID


def evidence_of(version: Version) -> Evidence:
    """The SHA-256 if there is one, or the ETag that the first server had when it got the bytes.

    Until a reading has proved it, the SHA-256 is what the client announced.
    """
    sha256_known = (version.sha256 or version.declared_sha256) if version.size else NO_BYTES
    etag = version.etag or ""
    if is_md5(etag):
        return Evidence(sha256_known, md5=etag)
    if version.part_size is not None and OF_PARTS.fullmatch(etag):
        return Evidence(sha256_known, etag_of_parts=etag)
    return Evidence(sha256_known)


def fingerprint_of(version: Version, cut: Cut) -> Fingerprint:
    """A reading that hashes what it takes to know the bytes again, and those of each part."""
    evidence = evidence_of(version)
    needs_parts = evidence.sha256 is None and evidence.etag_of_parts is not None
    hashing = Hashing(
        cut.part_size,
        sha256_of_parts=version.size > cut.part_size,
        md5_of_whole=not cut.in_parts or (evidence.sha256 is None and not needs_parts),
        md5_of_parts=cut.in_parts or needs_parts,
    )
    return Fingerprint(hashing)
