"""Media playlists: every segment signed at one city, or at the next one that holds it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from services.storage.hls.attributes import write_attributes
from services.storage.hls.playlists import URI
from services.storage.servers.urls import sign_download
from shared.errors import NO_HEALTHY_REPLICA, SEGMENT_MISSING, MeridianError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.storage.hls.found import Found
    from services.storage.hls.playlists import Playlist
    from services.storage.hls.references import Reference
    from shared.catalog.servers import Server
    from shared.stores.stores import Stores

RETRY_SECONDS: Final = 2
UNKNOWN: Final = "application/octet-stream"
# What players ask for; whoever opens the address of anything else gets bytes.
TYPES: Final = {
    ".ts": "video/mp2t",
    ".m4s": "video/iso.segment",
    ".mp4": "video/mp4",
    ".m4v": "video/mp4",
    ".cmfv": "video/mp4",
    ".m4a": "audio/mp4",
    ".cmfa": "audio/mp4",
    ".aac": "audio/aac",
    ".mp3": "audio/mpeg",
    ".vtt": "text/vtt",
    ".webvtt": "text/vtt",
}


@dataclass(frozen=True, slots=True)
class Signer:
    """Signs for the first of some servers that holds a file, for so many seconds."""

    stores: Stores
    servers: Sequence[Server]
    seconds: int

    def sign(self, file: Found) -> str:
        """Sign the address of a file; NO_HEALTHY_REPLICA."""
        media_type = TYPES.get(PurePosixPath(file.name).suffix.lower(), UNKNOWN)
        shown = {
            "response-content-type": media_type,
            # Whoever seeks back needs no second transfer as long as the address is good.
            "response-cache-control": f"private, max-age={self.seconds}, immutable",
        }
        if media_type == UNKNOWN:
            shown["response-content-disposition"] = "attachment"
        return sign_download(self.stores, self._choose(file), file.key, shown, self.seconds)

    def _choose(self, file: Found) -> Server:
        for server in self.servers:
            if server.id in file.holders:
                return server
        raise MeridianError(NO_HEALTHY_REPLICA, retry_after=RETRY_SECONDS)


def write_media(playlist: Playlist, found: Mapping[Reference, Found], signer: Signer) -> str:
    """Write a media playlist with one address a file; NO_HEALTHY_REPLICA."""
    signed = {reference: signer.sign(file) for reference, file in found.items()}
    rows = []
    for line in playlist.lines:
        if line.reference is None:
            rows.append(
                line.text
                if line.attributes is None
                else f"{line.text}:{write_attributes(line.attributes)}"
            )
        elif line.attributes is None:
            rows.append(signed[line.reference])
        else:
            attributes = {**line.attributes, URI: f'"{signed[line.reference]}"'}
            rows.append(f"{line.text}:{write_attributes(attributes)}")
    return "\n".join((*rows, ""))


def refuse_gaps(playlist: Playlist, found: Mapping[Reference, Found]) -> None:
    """Pass a playlist whose files are all stored; SEGMENT_MISSING names one that is not."""
    missing = sorted(
        f"{reference.folder}{reference.name}"
        for reference in playlist.references()
        if reference not in found or found[reference].state != "STORED"
    )
    if missing:
        raise MeridianError(
            SEGMENT_MISSING,
            f'"{missing[0]}" is not in the folder, or not stored yet.',
            missing_files=len(missing),
            name=missing[0],
        )
