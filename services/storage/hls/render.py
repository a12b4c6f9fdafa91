"""Renders a playlist of a folder for one player."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.storage.history.actions import NewAction
from services.storage.history.events import ActionEvent
from services.storage.hls.found import find_files
from services.storage.hls.master import write_master
from services.storage.hls.media import Signer, refuse_gaps, write_media
from services.storage.hls.playlists import bad_playlist
from services.storage.hls.sought import seek

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.storage.history.journal import Journal
    from services.storage.hls.found import Found
    from services.storage.hls.playlists import Playlist
    from services.storage.hls.references import Reference
    from services.storage.hls.texts import Texts
    from services.storage.hls.viewers import Viewer
    from services.storage.servers.fleet import Fleet
    from shared.db import Pool
    from shared.vault import Vault


@dataclass(frozen=True, slots=True)
class Renderer:
    """What it takes to render playlists; `seconds` is the life of a URL for who can ask again."""

    pool: Pool
    fleet: Fleet
    journal: Journal
    texts: Texts
    vault: Vault
    seconds: int

    async def render(self, viewer: Viewer) -> str:
        """Write the playlist; FOLDER_NOT_FOUND, FILE_NOT_FOUND, BAD_PLAYLIST and others."""
        sought = await seek(self.pool, self.fleet, viewer)
        file, holding = sought.file, [choice.server for choice in sought.holding]
        playlist = await self.texts.read(file, holding)
        if playlist.is_master and viewer.city is not None:
            raise bad_playlist("a variant has variants itself")
        found = await find_files(self.pool, file, playlist.references())
        refuse_gaps(playlist, found)
        if any(one.id == file.id for one in found.values()):
            raise bad_playlist("it names itself")
        if viewer.city is None:
            self._note(viewer, file, holding[0].name)
        if playlist.is_master:
            cities = [choice.server.name for choice in sought.pathways(viewer.cities)]
            return self._master(viewer, playlist, found, cities)
        servers = [choice.server for choice in sought.answering]
        servers.sort(key=lambda server: server.name != viewer.city)
        signer = Signer(self.fleet.stores, servers, viewer.life_of(playlist, self.seconds))
        return write_media(playlist, found, signer)

    def _master(
        self,
        viewer: Viewer,
        playlist: Playlist,
        found: Mapping[Reference, Found],
        cities: Sequence[str],
    ) -> str:
        return write_master(
            playlist,
            cities,
            viewer.steering(self.vault),
            lambda reference, city: viewer.onward(self.vault, found[reference], city),
        )

    def _note(self, viewer: Viewer, file: Found, server: str) -> None:
        played = NewAction(
            owner_id=file.owner_id,
            event=ActionEvent.FILE_DOWNLOAD,
            object_id=file.id,
            data={"name": file.name, "version": file.number},
            server=server,
        )
        self.journal.note(viewer.caller, played)
